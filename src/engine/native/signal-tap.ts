import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Agent, request } from "undici";
import { WebSocket, WebSocketServer } from "ws";
import type { Failure } from "../../participant/failure.js";
import { socketFailure, upgradeFailure } from "../socket-failure.js";
import type { SignalFilter } from "./signal-filter.js";

/** What the tap reports of one participant's signalling. */
export interface TapListener {
	/** The upstream WebSocket is open: DNS, TCP, TLS and upgrade are done. */
	onSocket(): void;
	onSocketFailure(failure: Failure): void;
	/** False refuses the SDK another socket, so that nothing is retried in silence. */
	mayConnect(): boolean;
	readonly filter: SignalFilter;
}

const openWithinMs = 20_000;

/**
 * A WebSocket forwarder on loopback between rtc-node and the server, one for all participants of a
 * process. libwebrtc behind rtc-node tells nothing of how a connect proceeds; its signalling does. The tap
 * also carries what rtc-node cannot do itself: self-signed servers, and dropping UDP candidates.
 */
export class SignalTap {
	readonly #server: Server;
	readonly #sockets = new WebSocketServer({ noServer: true });
	readonly #byKey = new Map<string, { upstream: string; listener: TapListener }>();
	readonly #agent: Agent;
	readonly #tlsInsecure: boolean;

	constructor(options: { tlsInsecure: boolean }) {
		this.#tlsInsecure = options.tlsInsecure;
		this.#agent = new Agent({ connect: { rejectUnauthorized: !options.tlsInsecure } });
		this.#server = createServer((incoming, answer) => void this.#forwardHttp(incoming, answer));
		this.#server.on("upgrade", (incoming, socket, head) => this.#onUpgrade(incoming, socket, head));
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(0, "127.0.0.1", resolve);
		});
	}

	/** The URL that rtc-node shall connect to instead of `upstream`. `key` is unique in the process. */
	register(key: string, upstream: string, listener: TapListener): string {
		this.#byKey.set(key, { upstream: upstream.replace(/\/+$/, ""), listener });
		return this.#urlOf(key);
	}

	/** A URL that is always refused. */
	get nowhere(): string {
		return this.#urlOf("nowhere");
	}

	unregister(key: string): void {
		this.#byKey.delete(key);
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets.clients) socket.terminate();
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
		await this.#agent.close();
	}

	#urlOf(key: string): string {
		return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${key}`;
	}

	#route(url: string): { target: string; listener: TapListener } | undefined {
		const [, key = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(url) ?? [];
		const entry = this.#byKey.get(key);
		return entry && { target: entry.upstream + rest, listener: entry.listener };
	}

	#onUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on("error", () => socket.destroy());
		const route = this.#route(incoming.url ?? "");
		if (!route?.listener.mayConnect()) {
			refuse(socket, 503, "livesoak: no second attempt");
			return;
		}
		const upstream = new WebSocket(route.target.replace(/^http/, "ws"), {
			headers: authorization(incoming),
			rejectUnauthorized: !this.#tlsInsecure,
			handshakeTimeout: openWithinMs,
			perMessageDeflate: false,
		});
		upstream.once("unexpected-response", (_, response) => {
			void readText(response).then((body) => {
				const status = response.statusCode ?? 0;
				route.listener.onSocketFailure(upgradeFailure(status, body));
				refuse(socket, status, body);
			});
		});
		upstream.once("error", (error) => {
			if (socket.destroyed) return;
			route.listener.onSocketFailure(socketFailure(error));
			refuse(socket, 502, "livesoak: upstream not reachable");
		});
		upstream.once("open", () => {
			route.listener.onSocket();
			this.#sockets.handleUpgrade(incoming, socket, head, (client) =>
				join(client, upstream, route.listener.filter),
			);
		});
	}

	/** rtc-node asks `/rtc/validate` over HTTP for the reason of a refused upgrade. */
	async #forwardHttp(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
		const route = this.#route(incoming.url ?? "");
		if (!route) return void answer.writeHead(404).end();
		try {
			const response = await request(route.target.replace(/^ws/, "http"), {
				dispatcher: this.#agent,
				headers: authorization(incoming),
				headersTimeout: openWithinMs,
			});
			answer.writeHead(response.statusCode, { "content-type": "text/plain" });
			answer.end(await response.body.text());
		} catch {
			answer.writeHead(502).end("livesoak: upstream not reachable");
		}
	}
}

/** Passes messages both ways, through the filter, and closes each side with the other. */
function join(client: WebSocket, upstream: WebSocket, filter: SignalFilter): void {
	client.on("message", (data: Buffer, isBinary) => {
		const passed = isBinary ? filter.fromClient(data) : data;
		if (passed && upstream.readyState === WebSocket.OPEN)
			upstream.send(passed, { binary: isBinary });
	});
	upstream.on("message", (data: Buffer, isBinary) => {
		const passed = isBinary ? filter.fromServer(data) : data;
		if (passed && client.readyState === WebSocket.OPEN) client.send(passed, { binary: isBinary });
	});
	client.on("close", () => upstream.close());
	upstream.on("close", () => client.close());
	client.on("error", () => upstream.terminate());
	upstream.on("error", () => client.terminate());
}

function authorization(incoming: IncomingMessage): Record<string, string> {
	const { authorization } = incoming.headers;
	return authorization ? { authorization } : {};
}

function refuse(socket: Duplex, status: number, body: string): void {
	const length = Buffer.byteLength(body);
	socket.end(
		`HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
	);
}

async function readText(stream: AsyncIterable<Buffer>): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}
