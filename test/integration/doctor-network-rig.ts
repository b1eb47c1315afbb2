import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import type { CheckResult } from "../../src/doctor/check.js";
import { iceServers } from "../../src/doctor/checks/ice-servers.js";
import { dns, http, signal, tcp, tls } from "../../src/doctor/checks/network.js";
import type { DoctorContext, DoctorTarget } from "../../src/doctor/context.js";
import { rank } from "../../src/doctor/rank.js";
import { mintToken } from "../../src/token/access-token.js";

export interface Walk {
	/** Of the findings, the likeliest cause first. */
	readonly ids: readonly string[];
	readonly results: Readonly<Record<string, CheckResult>>;
	readonly facts: DoctorContext["facts"];
	/** All that was said, as text. */
	readonly text: string;
}

/** The checks from the name to the ICE servers, one after the other, with this token in the place of its check. */
export async function walk(
	target: Partial<DoctorTarget>,
	token?: string,
	facts: DoctorContext["facts"] = {},
): Promise<Walk> {
	const context: DoctorContext = {
		target: { participants: 5, ...target },
		facts,
		clock: systemClock,
		signal: new AbortController().signal,
	};
	const results: Record<string, CheckResult> = {};
	for (const check of [dns, tcp, tls, http, signal, iceServers]) {
		if (check.id === "signal" && token !== undefined)
			context.facts.tokens = [{ text: token, identity: "doctor-a", room: "doctor" }];
		results[check.id] = await check.run(context);
	}
	const findings = rank(Object.values(results).flatMap((result) => result.findings));
	const text = JSON.stringify([findings, results]);
	return { ids: findings.map(({ id }) => id), results, facts: context.facts, text };
}

export function tokenFor({ apiKey, apiSecret }: RunningServer): Promise<string> {
	return mintToken({
		...{ apiKey, apiSecret, identity: "doctor-a", room: "doctor", ttlMs: 60_000 },
		...{ canPublish: true, canSubscribe: true },
	});
}

/** Listens on a free port of 127.0.0.1 until the test is over. @returns the port */
async function listen(server: Server): Promise<number> {
	const open = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		open.add(socket);
		socket.on("error", () => {});
		socket.once("close", () => open.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.close();
		for (const socket of open) socket.destroy();
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

export function startTcp(onSocket: (socket: Socket) => void): Promise<number> {
	return listen(createTcpServer(onSocket));
}

export function startHttp(
	handler: (request: IncomingMessage, response: ServerResponse) => void,
	onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<number> {
	const server = createServer(handler);
	if (onUpgrade) server.on("upgrade", onUpgrade);
	return listen(server);
}

/** What a reverse proxy does wrong; without any of it, it does right. */
export interface ProxyOptions {
	/** Below which it has LiveKit. */
	readonly prefix?: string;
	/** Answers itself where this says how. */
	readonly answer?: (path: string) => { status: number; body?: string } | undefined;
	/** Sets the Date header so far off. */
	readonly dateOffsetMs?: number;
	/** Upgrades: passed on, passed on as a plain GET, or answered here. @default pass */
	readonly upgrade?: "pass" | "strip" | number;
}

/** A reverse proxy in front of a LiveKit. @returns its port */
export function startProxy(backPort: number, options: ProxyOptions): Promise<number> {
	const { prefix = "", answer, dateOffsetMs = 0, upgrade = "pass" } = options;
	const pathOf = ({ url = "/" }: IncomingMessage) => url.slice(prefix.length) || "/";
	const forward = (from: IncomingMessage, onAnswer: (answer: IncomingMessage) => void) => {
		const { upgrade: _1, connection: _2, ...headers } = from.headers;
		request({ host: "127.0.0.1", port: backPort, path: pathOf(from), headers }, onAnswer).end();
	};
	return startHttp(
		(from, to) => {
			const own = from.url?.startsWith(prefix) ? answer?.(pathOf(from)) : { status: 404 };
			to.setHeader("server", "test-proxy");
			if (own) return void to.writeHead(own.status).end(own.body ?? "");
			forward(from, (back) => {
				const date = new Date(Date.now() + dateOffsetMs).toUTCString();
				to.writeHead(back.statusCode ?? 500, { ...back.headers, date });
				back.pipe(to);
			});
		},
		(from, socket) => {
			socket.on("error", () => {});
			if (typeof upgrade === "number")
				return void socket.end(`HTTP/1.1 ${upgrade} No\r\nContent-Length: 0\r\n\r\n`);
			if (upgrade === "strip")
				return forward(from, (back) => {
					socket.end(`HTTP/1.1 ${back.statusCode} No\r\nContent-Length: 0\r\n\r\n`);
				});
			const back = connect(backPort, "127.0.0.1");
			back.on("error", () => socket.destroy());
			const headers = Object.entries(from.headers).map(([name, value]) => `${name}: ${value}`);
			back.write(`GET ${pathOf(from)} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
			socket.pipe(back).pipe(socket);
		},
	);
}
