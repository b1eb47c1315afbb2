import type { Socket } from "node:net";
import type { Clock } from "../clock/clock.js";
import { AllocationWatch } from "./allocation-watch.js";
import { type BridgeClient, type BridgeClientEvents, mostWaitingBytes } from "./bridge-client.js";
import { type TurnConnectError, turnConnectionLost, turnGarbage } from "./connect-error.js";
import { Deframer, FramingError, frame } from "./stream-framing.js";
import type { TurnConnector } from "./turn-connector.js";

/** One TURN client's own connection to the server, over TCP or TLS (RFC 8656, section 3.1). */
export class StreamClient implements BridgeClient {
	readonly #clock: Clock;
	readonly #connector: TurnConnector;
	readonly #events: BridgeClientEvents;
	readonly #socket: Socket;
	readonly #deframer = new Deframer();
	readonly #allocation = new AllocationWatch();
	readonly closed: Promise<void>;
	lastAtMs: number;
	#waiting: Buffer[] | undefined = [];
	#waitingBytes = 0;
	#ended = false;

	constructor(connector: TurnConnector, clock: Clock, events: BridgeClientEvents) {
		this.#connector = connector;
		this.#clock = clock;
		this.#events = events;
		this.lastAtMs = clock.nowMs();
		const socket = connector.connect(
			() => this.#ready(),
			(error) => this.#end(false, error),
		);
		this.#socket = socket;
		this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
	}

	get isLeaving(): boolean {
		return this.#allocation.isLeaving;
	}

	isForAnother(message: Buffer): boolean {
		return this.#allocation.isForAnother(message);
	}

	send(message: Buffer, atMs: number): boolean {
		this.lastAtMs = atMs;
		this.#allocation.onSent(message);
		const framed = frame(message);
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
				this.#allocation.onReceived(message);
				this.#events.onMessage(message, readAtMs);
			}
		} catch (error) {
			if (!(error instanceof FramingError)) throw error;
			this.#end(true, turnGarbage(error.message, this.#connector.server));
		}
	}

	/** After the client gave its allocation back the server may close the connection: no fault. */
	#lost(error: Error | undefined): void {
		this.#end(true, this.isLeaving && error === undefined ? undefined : this.#fault(error));
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
		if (error !== undefined) this.#events.onFault(established, error);
		this.#events.onEnd();
	}
}
