import type { IncomingMessage } from "node:http";
import { type SignalRequest, SignalResponse } from "@livekit/protocol";
import WebSocket from "ws";
import type { Clock } from "../../../clock/clock.js";
import type { Failure } from "../../../participant/failure.js";
import { socketFailure, upgradeFailure } from "../../socket-failure.js";

/** More of an error page is not read. */
const mostBodyBytes = 4096;

export interface SocketNews {
	/** @param atMs when the answer to the upgrade was there */
	onOpen(atMs: number): void;
	onOpenFailed(failure: Failure): void;
	/** @param atMs when the frame was there, before it was read: the first of a process takes milliseconds */
	onResponse(response: SignalResponse, atMs: number): void;
	/** A frame that is no SignalResponse. */
	onMalformed(): void;
	/** After it was open, without our asking. */
	onClosed(detail: string): void;
}

/** One WebSocket of LiveKit's signalling, binary protobuf both ways. Says nothing once it is closed by us. */
export class SignalSocket {
	readonly #socket: WebSocket;
	readonly #clock: Clock;
	readonly #news: SocketNews;
	readonly #closed: Promise<void>;
	#isOpened = false;
	#isMuted = false;
	#isOver = false;

	/** @param url without the token, which goes into the Authorization header */
	constructor(
		options: {
			url: string;
			token: string;
			tlsInsecure: boolean;
			openWithinMs: number;
			clock: Clock;
		},
		news: SocketNews,
	) {
		this.#clock = options.clock;
		this.#news = news;
		this.#socket = new WebSocket(options.url, {
			headers: { authorization: `Bearer ${options.token}` },
			rejectUnauthorized: !options.tlsInsecure,
			handshakeTimeout: options.openWithinMs,
			// A deflate context for each of hundreds of participants costs more than its few bytes.
			perMessageDeflate: false,
		});
		this.#closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
		let upgradedAtMs = Number.NaN;
		this.#socket.once("upgrade", () => {
			upgradedAtMs = this.#clock.nowMs();
		});
		this.#socket.once("open", () => {
			this.#isOpened = true;
			if (!this.#isMuted) this.#news.onOpen(upgradedAtMs);
		});
		this.#socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
		this.#socket.once(
			"unexpected-response",
			(_request, response) => void this.#onRefused(response),
		);
		this.#socket.once("close", (code, reason) => {
			const words = reason.length > 0 ? `: ${reason.toString("utf8")}` : "";
			this.#end((to) => to.onClosed(`the WebSocket closed with code ${code}${words}`));
		});
		// Also a listener for errors after the first: one without any would end the process.
		this.#socket.on("error", (error: Error & { code?: string }) => {
			if (this.#isOpened) return;
			this.#end((to) => to.onOpenFailed(openFailure(error)));
		});
	}

	/** Drops the request where there is nobody to send it to. */
	send(request: SignalRequest): void {
		if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(request.toBinary());
	}

	/** Ends without a word, as if the network had; said to be closed as then. */
	cut(): void {
		this.#socket.terminate();
	}

	/** Closes after what was sent; says nothing from here on. Resolves when closed, at the latest when `bound` does. */
	async close(bound: Promise<void>): Promise<void> {
		this.#isMuted = true;
		this.#socket.close(1000);
		await Promise.race([this.#closed, bound]);
		this.#socket.terminate();
	}

	#onMessage(data: WebSocket.RawData, isBinary: boolean): void {
		if (this.#isMuted) return;
		const atMs = this.#clock.nowMs();
		let response: SignalResponse;
		try {
			if (!isBinary) throw new Error("a text frame");
			response = SignalResponse.fromBinary(data as Buffer);
		} catch {
			this.#news.onMalformed();
			return;
		}
		this.#news.onResponse(response, atMs);
	}

	/** An HTTP answer where the WebSocket was asked for: its body says why. */
	async #onRefused(response: IncomingMessage): Promise<void> {
		const chunks: Buffer[] = [];
		let bytes = 0;
		try {
			for await (const chunk of response as AsyncIterable<Buffer>) {
				chunks.push(chunk);
				bytes += chunk.length;
				if (bytes >= mostBodyBytes) break;
			}
		} catch {
			// What came until then has to do.
		}
		const body = Buffer.concat(chunks).toString("utf8");
		this.#end((to) => to.onOpenFailed(upgradeFailure(response.statusCode ?? 0, body)));
		this.#socket.terminate();
	}

	/** The last word, once. */
	#end(news: (to: SocketNews) => void): void {
		if (this.#isOver || this.#isMuted) return;
		this.#isOver = true;
		news(this.#news);
	}
}

function openFailure(error: Error & { code?: string }): Failure {
	// ws has no code for its own handshake timeout.
	if (error.message === "Opening handshake has timed out") {
		return { stage: "socket", cause: "timeout", detail: "the WebSocket did not open in time" };
	}
	return socketFailure(error);
}
