import type { Socket } from "node:net";
import type { Clock } from "../clock/clock.js";
import { type TurnConnectError, turnConnectionLost, turnGarbage } from "./connect-error.js";
import { Deframer, FramingError } from "./stream-framing.js";
import type { TurnConnector } from "./turn-connector.js";
import {
	endsAllocation,
	isAllocateRequest,
	isAllocateSuccess,
	transactionId,
} from "./turn-message.js";

/** Per client, waiting for the connection or behind a full kernel buffer: about what a UDP socket's buffer holds. */
export const mostWaitingBytes = 64 * 1024;

/** What a client's connection tells the bridge. None is called after `close()`. */
export interface StreamClientEvents {
	onReady(): void;
	/** A message from the server for the client; `readAtMs` is when its last bytes were read. */
	onMessage(message: Buffer, readAtMs: number): void;
	/** A datagram was taken by the kernel, so long after it came in. */
	onHandedOver(delayMs: number): void;
	/**
	 * The connection is over. `established` tells a lost one from one that never came about; no error when
	 * the server closed it after the client had given its allocation back.
	 */
	onEnd(established: boolean, error: TurnConnectError | undefined): void;
}

/** One TURN client's own connection to the server: its 5-tuple, as TURN over TCP and TLS knows it. */
export class StreamClient {
	readonly #clock: Clock;
	readonly #connector: TurnConnector;
	readonly #events: StreamClientEvents;
	readonly #socket: Socket;
	readonly #deframer = new Deframer();
	readonly closed: Promise<void>;
	readonly openedAtMs: number;
	/** When the client's last datagram came. */
	lastAtMs: number;
	#waiting: Buffer[] | undefined = [];
	#waitingBytes = 0;
	#allocateId: Buffer | undefined;
	#allocated = false;
	#leaving = false;
	#ended = false;

	constructor(connector: TurnConnector, clock: Clock, events: StreamClientEvents) {
		this.#connector = connector;
		this.#clock = clock;
		this.#events = events;
		this.openedAtMs = clock.nowMs();
		this.lastAtMs = this.openedAtMs;
		const socket = connector.connect(
			() => this.#ready(),
			(error) => this.#end(false, error),
		);
		this.#socket = socket;
		this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
	}

	/** The client has given its allocation back (Refresh with lifetime 0). */
	get isLeaving(): boolean {
		return this.#leaving;
	}

	/**
	 * Whether a message can only come from another client that got the same UDP port after the first had gone:
	 * a new Allocate on this connection would be refused (437, RFC 8656, section 7.2).
	 */
	isForAnother(message: Buffer): boolean {
		if (!this.#allocated || !isAllocateRequest(message)) return false;
		return this.#allocateId === undefined || !transactionId(message).equals(this.#allocateId);
	}

	/** @returns false when it had to be dropped, as a UDP socket drops what its buffer does not hold */
	send(framed: Buffer, atMs: number): boolean {
		this.lastAtMs = atMs;
		if (isAllocateRequest(framed)) {
			this.#allocateId = Buffer.from(transactionId(framed));
			this.#leaving = false;
		} else if (endsAllocation(framed)) this.#leaving = true;
		const waiting = this.#waiting === undefined ? this.#socket.writableLength : this.#waitingBytes;
		if (waiting + framed.length > mostWaitingBytes) return false;
		if (this.#waiting === undefined) {
			this.#write(framed, atMs);
			return true;
		}
		this.#waiting.push(framed);
		this.#waitingBytes += framed.length;
		return true;
	}

	/** Ends it without a word to the bridge; idempotent. */
	close(): void {
		this.#ended = true;
		this.#socket.destroy();
	}

	#ready(): void {
		if (this.#ended) return;
		this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
		let broken: Error | undefined;
		this.#socket.on("error", (error) => {
			broken = error;
		});
		this.#socket.once("end", () => this.#lost(undefined));
		this.#socket.once("close", () => this.#lost(broken));
		// The handshake is the transport's own price, which a client with TCP pays too: no delay of the bridge.
		const readyAtMs = this.#clock.nowMs();
		for (const framed of this.#waiting ?? []) this.#write(framed, readyAtMs);
		this.#waiting = undefined;
		this.#events.onReady();
	}

	#write(framed: Buffer, atMs: number): void {
		this.#socket.write(framed, (error) => {
			if (!error && !this.#ended) this.#events.onHandedOver(this.#clock.nowMs() - atMs);
		});
	}

	#receive(chunk: Buffer): void {
		if (this.#ended) return;
		const readAtMs = this.#clock.nowMs();
		try {
			for (const message of this.#deframer.push(chunk)) {
				if (isAllocateSuccess(message)) this.#allocated = true;
				this.#events.onMessage(message, readAtMs);
			}
		} catch (error) {
			if (!(error instanceof FramingError)) throw error;
			this.#end(true, turnGarbage(error.message, this.#connector.server));
		}
	}

	#lost(error: Error | undefined): void {
		this.#end(true, this.#leaving && error === undefined ? undefined : this.#fault(error));
	}

	#fault(error: Error | undefined): TurnConnectError {
		const { server } = this.#connector;
		return error === undefined && this.#deframer.unfinished > 0
			? turnGarbage("half a message and closed the connection", server)
			: turnConnectionLost(error, server);
	}

	#end(established: boolean, error: TurnConnectError | undefined): void {
		if (this.#ended) return;
		this.close();
		this.#events.onEnd(established, error);
	}
}
