import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Takes what ends a service, for when the test is over: vitest's `onTestFinished`, or a list of one's own. */
export type OnEnd = (close: () => void) => void;

/** Listens on a free port of 127.0.0.1. @returns the port */
async function listen(onEnd: OnEnd, server: Server): Promise<number> {
	const open = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		open.add(socket);
		socket.on("error", () => {});
		socket.once("close", () => open.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onEnd(() => {
		server.close();
		for (const socket of open) socket.destroy();
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

export function startTcp(onEnd: OnEnd, onSocket: (socket: Socket) => void): Promise<number> {
	return listen(onEnd, createTcpServer(onSocket));
}

export function startHttp(
	onEnd: OnEnd,
	handler: (request: IncomingMessage, response: ServerResponse) => void,
	onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<number> {
	const server = createServer(handler);
	if (onUpgrade) server.on("upgrade", onUpgrade);
	return listen(onEnd, server);
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
export function startProxy(onEnd: OnEnd, backPort: number, options: ProxyOptions): Promise<number> {
	const { prefix = "", answer, dateOffsetMs = 0, upgrade = "pass" } = options;
	const pathOf = ({ url = "/" }: IncomingMessage) => url.slice(prefix.length) || "/";
	const forward = (from: IncomingMessage, onAnswer: (answer: IncomingMessage) => void) => {
		const { upgrade: _1, connection: _2, ...headers } = from.headers;
		request({ host: "127.0.0.1", port: backPort, path: pathOf(from), headers }, onAnswer).end();
	};
	return startHttp(
		onEnd,
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
