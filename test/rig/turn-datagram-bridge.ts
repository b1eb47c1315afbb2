import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeAll } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { bridgeAddress } from "../../src/turn/bind-loopback.js";
import {
	startTurnDatagramBridge,
	type TurnDatagramBridge,
	type TurnDatagramBridgeOptions,
} from "../../src/turn/datagram-bridge.js";
import { withCoturn, withTestCa } from "./real-parts.js";
import { startUdpEcho, TurnClient, type TurnPort } from "./turn-client.js";

/** Ends what a test began, last first. */
export const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
	for (const end of endings.splice(0).reverse()) await end();
});

export function credentialsFor(secret: string, name: string) {
	return restCredentials({ secret, name, ttlMs: 60_000, nowMs: Date.now() });
}

/** A bridge over TCP, unless the options say otherwise. */
export async function bridgeTo(
	options: Partial<TurnDatagramBridgeOptions> & { port: number },
): Promise<TurnDatagramBridge> {
	const bridge = await startTurnDatagramBridge({
		host: "127.0.0.1",
		transport: "tcp",
		serverName: "127.0.0.1",
		insecure: false,
		clock: systemClock,
		...options,
	});
	endings.push(() => bridge.close());
	return bridge;
}

/** A TURN client at a bridge or, to compare, at the server itself. */
export async function clientOf(
	server: TurnPort | TurnDatagramBridge,
	secret: string,
	name: string,
	port = 0,
) {
	const to = "address" in server ? server : { address: bridgeAddress, port: server.port };
	const client = await TurnClient.open(to, credentialsFor(secret, name), port);
	endings.push(() => client.close().catch(() => {}));
	return client;
}

/** @returns the UDP port of an echo, as a peer beyond the relay */
export async function echoPeer(): Promise<number> {
	const echo = await startUdpEcho();
	endings.push(echo.close);
	return echo.port;
}

/** A coturn with a certificate of its own authority, for the tests of this file or group. */
export function withBridgedCoturn() {
	const ca = withTestCa();
	const turn = withCoturn({ ca });
	let caPem = "";
	beforeAll(async () => {
		caPem = await readFile(ca().caFile, "utf8");
	});
	return {
		...{ ca, turn },
		/** Where a bridge finds it. */
		serverOf: (transport: "udp" | "tcp" | "tls") => ({
			transport,
			port: parseIceUri(turn().uris[transport] ?? "").port,
			caPem,
		}),
		clientAt: (bridge: TurnDatagramBridge, name: string, port?: number) =>
			clientOf(bridge, turn().secret, name, port),
	};
}

/** A UDP port on 127.0.0.1 that keeps what it gets. */
export async function udpServer(port = 0) {
	const socket = createSocket("udp4");
	const received: { from: number; datagram: Buffer }[] = [];
	socket.on("message", (datagram, { port: from }) => received.push({ from, datagram }));
	socket.bind(port, "127.0.0.1");
	await once(socket, "listening");
	let closed: Promise<void> | undefined;
	const close = () => {
		closed ??= new Promise((resolve) => socket.close(() => resolve()));
		return closed;
	};
	endings.push(close);
	const send = (datagram: Buffer, to: number) => socket.send(datagram, to, "127.0.0.1");
	return { port: socket.address().port, received, send, close };
}

/** A TCP port on 127.0.0.1 that does this with each connection. */
export async function serverThat(greets: (socket: Socket) => void): Promise<number> {
	const sockets = new Set<Socket>();
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		greets(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	endings.push(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}
