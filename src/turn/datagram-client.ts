import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Clock } from "../clock/clock.js";
import { AllocationRelease } from "./allocation-release.js";
import { AllocationWatch } from "./allocation-watch.js";
import { type BridgeClient, type BridgeClientEvents, mostWaitingBytes } from "./bridge-client.js";
import {
	type NamedTurnServer,
	type TurnConnectError,
	turnConnectError,
	turnConnectionLost,
	turnGarbage,
} from "./connect-error.js";
import { isWhole } from "./stream-framing.js";

/** The system caps it (net.core.rmem_max). Memory is taken only by what waits. */
const receiveBufferBytes = 1024 * 1024;
/** Between two tries to give an allocation back, and how many there are. */
const releaseAnswerMs = 300;
const releaseTries = 3;

/**
 * One TURN client's own UDP socket towards the server: datagrams pass as they are. An unreachable server is a
 * fault that is told, but not an end: as over plain UDP the socket, and with it the allocation, outlives it.
 */
export class DatagramClient implements BridgeClient {
	readonly #server: NamedTurnServer;
	readonly #clock: Clock;
	readonly #events: BridgeClientEvents;
	readonly #allocation = new AllocationWatch();
	readonly #release: AllocationRelease;
	readonly closed: Promise<void>;
	lastAtMs: number;
	#socket: Socket | undefined;
	#waiting: Buffer[] = [];
	#waitingBytes = 0;
	/** What was last told: a fault is told once, until the server is heard again. */
	#told: "nothing" | "ready" | "fault" = "nothing";
	#established = false;
	#ended = false;

	/** @param passwordOf of a client by its user name: gives its allocation back when it has gone without a word */
	constructor(
		server: NamedTurnServer,
		clock: Clock,
		events: BridgeClientEvents,
		passwordOf: (username: string) => string | undefined = () => undefined,
	) {
		this.#server = server;
		this.#clock = clock;
		this.#events = events;
		this.#release = new AllocationRelease(passwordOf);
		this.lastAtMs = clock.nowMs();
		this.closed = this.#open();
	}

	get isLeaving(): boolean {
		return this.#allocation.isLeaving;
	}

	get udpPort(): { family: 4 | 6; port: number } | undefined {
		if (this.#socket === undefined || this.#ended) return undefined;
		const { family, port } = this.#socket.address();
		return { family: family === "IPv6" ? 6 : 4, port };
	}

	isForAnother(message: Buffer): boolean {
		return this.#allocation.isForAnother(message);
	}

	send(message: Buffer, atMs: number): boolean {
		this.lastAtMs = atMs;
		this.#allocation.onSent(message);
		this.#release.onSent(message);
		const waiting = this.#socket?.getSendQueueSize() ?? this.#waitingBytes;
		if (waiting + message.length > mostWaitingBytes) return false;
		if (this.#socket === undefined) {
			this.#waiting.push(message);
			this.#waitingBytes += message.length;
		} else this.#write(this.#socket, message, atMs);
		return true;
	}

	close(): void {
		if (this.#ended) return;
		this.#ended = true;
		if (this.#socket !== undefined) void this.#giveBack(this.#socket);
	}

	/** The server's answer is waited for, a second at most; then the socket is closed. */
	async #giveBack(socket: Socket): Promise<void> {
		const over = new AbortController();
		const ask = () => {
			const request = this.isLeaving ? undefined : this.#release.request();
			if (request === undefined) over.abort();
			else socket.send(request, (error) => error && over.abort());
		};
		socket.on("error", () => over.abort());
		socket.on("message", (datagram) => {
			const answer = isWhole(datagram) ? this.#release.onAnswer(datagram) : undefined;
			if (answer === "again") ask();
			if (answer === "done") over.abort();
		});
		for (let tries = 0; tries < releaseTries && !over.signal.aborted; tries++) {
			ask();
			await this.#clock.sleepUntil(this.#clock.nowMs() + releaseAnswerMs, over.signal);
		}
		socket.close();
	}

	/** Resolves when the socket is closed, or never came about. */
	async #open(): Promise<void> {
		const socket = await this.#connect();
		if (socket === undefined) return;
		// Not events.once: it rejects at the first "error", which is no end here.
		const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
		if (this.#ended) {
			socket.close();
			await closed;
			return;
		}
		this.#socket = socket;
		socket.setRecvBufferSize(receiveBufferBytes);
		socket.on("message", (datagram) => this.#receive(datagram));
		socket.on("error", (error) => this.#fault(error));
		// The name's look-up is the price of any client, no delay of the bridge.
		const readyAtMs = this.#clock.nowMs();
		for (const message of this.#waiting.splice(0)) this.#write(socket, message, readyAtMs);
		await closed;
	}

	/** A socket that takes datagrams from the server's address alone; the first address with a route to it. */
	async #connect(): Promise<Socket | undefined> {
		const { host, port } = this.#server;
		let failed: Error | undefined;
		const addresses = await lookup(host, { all: true }).catch((error: Error) => {
			failed = error;
			return [];
		});
		for (const { address, family } of addresses) {
			const socket = createSocket(family === 6 ? "udp6" : "udp4");
			try {
				const connected = once(socket, "connect");
				socket.connect(port, address);
				await connected;
				return socket;
			} catch (error) {
				failed = error as Error;
				socket.close();
			}
		}
		if (this.#ended) return undefined;
		this.#fault(failed ?? new Error("its host name has no address"));
		this.close();
		this.#events.onEnd();
		return undefined;
	}

	#write(socket: Socket, message: Buffer, atMs: number): void {
		socket.send(message, this.#onSent);
		// With nothing queued before it the kernel takes a datagram within send().
		this.#events.onHandedOver(this.#clock.nowMs() - atMs);
	}

	/** One for all datagrams: a closure for each would be the dearest part of sending it. */
	readonly #onSent = (error: Error | null): void => {
		if (error !== null) this.#fault(error);
	};

	#receive(datagram: Buffer): void {
		if (this.#ended) return;
		const readAtMs = this.#clock.nowMs();
		if (!isWhole(datagram, (found) => this.#tell(turnGarbage(found, this.#server)))) return;
		this.#established = true;
		if (this.#told !== "ready") this.#events.onReady();
		this.#told = "ready";
		this.#allocation.onReceived(datagram);
		this.#release.onReceived(datagram);
		this.#events.onMessage(datagram, readAtMs);
	}

	/** Most often ECONNREFUSED, by ICMP: nobody listens at the server's port. */
	#fault(error: Error): void {
		const words = this.#established ? turnConnectionLost : turnConnectError;
		this.#tell(words(error, this.#server));
	}

	#tell(error: TurnConnectError): void {
		if (this.#ended || this.#told === "fault") return;
		this.#told = "fault";
		this.#events.onFault(this.#established, error);
	}
}
