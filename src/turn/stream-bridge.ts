import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Clock } from "../clock/clock.js";
import { BridgeDelay } from "./bridge-delay.js";
import type { BridgeDirection, TurnStreamBridgeStats } from "./bridge-stats.js";
import type { TurnConnectError } from "./connect-error.js";
import { StreamClient } from "./stream-client.js";
import { FramingError, frame } from "./stream-framing.js";
import { TurnConnector, type TurnStreamServer } from "./turn-connector.js";
import { isRequest } from "./turn-message.js";
import { readUdpSockets } from "./udp-sockets.js";

const sweepEveryMs = 1_000;
const defaultIdleMs = 60_000;
/** After Refresh with lifetime 0: enough for the answer, or for a second try with a fresh nonce. */
const leavingIdleMs = 2_000;
/** Sweeps in a row that must miss a client's socket: one reading of /proc/net/udp may skip a line. */
const missesUntilGone = 2;
/** Bounds what waits for the loopback socket; the kernel takes it at once in all but the worst moments. */
const mostUnsentBytes = 1024 * 1024;
/** The system caps it (net.core.rmem_max). */
const receiveBufferBytes = 4 * 1024 * 1024;

export interface TurnStreamBridgeOptions extends TurnStreamServer {
	readonly clock: Clock;
	/** A client without any datagram for so long is gone. @default 60,000 */
	readonly idleMs?: number;
}

export interface TurnStreamBridge {
	/** Port on 127.0.0.1: `turn:127.0.0.1:PORT?transport=udp` reaches the TURN server over TCP or TLS. */
	readonly port: number;
	/** Why the last connection to the TURN server failed or was lost; undefined once another one succeeds. */
	lastError(): TurnConnectError | undefined;
	stats(): TurnStreamBridgeStats;
	/** Closes the port and every connection, and resolves when they are closed; idempotent. */
	close(): Promise<void>;
}

/**
 * Opens a local UDP port for TURN clients that speak UDP only. Each client's messages go on over a TCP or TLS
 * connection of its own, and nothing in them is changed: to the server it is TURN over TCP or TLS (RFC 8656,
 * section 3.1), with the client's own credentials, permissions, channels and refreshes.
 */
export async function startTurnStreamBridge(
	options: TurnStreamBridgeOptions,
): Promise<TurnStreamBridge> {
	const connector = new TurnConnector(options);
	const udp = createSocket({
		type: "udp4",
		// Addresses of clients need no resolver, which would put off each datagram to a later turn of the loop.
		lookup: (address, _options, done) => done(null, address, 4),
	});
	// Listened for first: with such a lookup the socket is bound before bind() returns.
	const listening = once(udp, "listening");
	udp.bind(0, "127.0.0.1");
	await listening;
	udp.setRecvBufferSize(receiveBufferBytes);
	return new RunningBridge(options, connector, udp);
}

interface DirectionCount {
	datagrams: number;
	dropped: number;
	readonly delay: BridgeDelay;
}

interface Seat {
	readonly client: StreamClient;
	readonly port: number;
	/** Sweeps in a row in which the client's own socket was not seen. */
	misses: number;
}

class RunningBridge implements TurnStreamBridge {
	readonly port: number;
	readonly #clock: Clock;
	readonly #idleMs: number;
	readonly #connector: TurnConnector;
	readonly #udp: Socket;
	readonly #seats = new Map<string, Seat>();
	readonly #closing = new Set<Promise<void>>();
	readonly #stop = new AbortController();
	readonly #count = { opened: 0, failed: 0, lost: 0, refused: 0, missed: 0 };
	readonly #toServer: DirectionCount = { datagrams: 0, dropped: 0, delay: new BridgeDelay() };
	readonly #toClient: DirectionCount = { datagrams: 0, dropped: 0, delay: new BridgeDelay() };
	#lastError: TurnConnectError | undefined;
	#closed: Promise<void> | undefined;

	constructor(options: TurnStreamBridgeOptions, connector: TurnConnector, udp: Socket) {
		this.#clock = options.clock;
		this.#idleMs = options.idleMs ?? defaultIdleMs;
		this.#connector = connector;
		this.#udp = udp;
		this.port = udp.address().port;
		udp.on("message", (datagram, from) => this.#receive(datagram, from.address, from.port));
		// A client's port that is closed is no fault of the bridge; its sweep finds out.
		udp.on("error", () => {});
		void this.#sweep(this.#stop.signal);
	}

	lastError(): TurnConnectError | undefined {
		return this.#lastError;
	}

	stats(): TurnStreamBridgeStats {
		const { opened, failed, lost, refused, missed } = this.#count;
		const direction = (of: DirectionCount): BridgeDirection => ({
			...of,
			delay: of.delay.figures(),
		});
		return {
			clients: this.#seats.size,
			connections: { opened, failed, lost },
			toServer: direction(this.#toServer),
			toClient: direction(this.#toClient),
			refused,
			missed,
		};
	}

	close(): Promise<void> {
		this.#closed ??= (async () => {
			this.#stop.abort();
			for (const key of [...this.#seats.keys()]) this.#leave(key);
			await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
			await Promise.all(this.#closing);
		})();
		return this.#closed;
	}

	#receive(datagram: Buffer, address: string, port: number): void {
		const atMs = this.#clock.nowMs();
		const framed = framedOrNothing(datagram);
		if (framed === undefined) {
			this.#count.refused++;
			return;
		}
		const key = `${address}:${port}`;
		let client = this.#seats.get(key)?.client;
		if (client?.isForAnother(framed)) {
			this.#leave(key);
			client = undefined;
		}
		// Without an allocation only a request can do anything: media does not knock on a dead server's door.
		if (client === undefined && !isRequest(framed)) {
			this.#count.refused++;
			return;
		}
		client ??= this.#open(key, address, port);
		if (client.send(framed, atMs)) this.#toServer.datagrams++;
		else this.#toServer.dropped++;
	}

	#open(key: string, address: string, port: number): StreamClient {
		this.#count.opened++;
		const client = new StreamClient(this.#connector, this.#clock, {
			onReady: () => {
				this.#lastError = undefined;
			},
			onMessage: (message, readAtMs) => this.#deliver(message, address, port, readAtMs),
			onHandedOver: (delayMs) => this.#toServer.delay.record(delayMs),
			onEnd: (established, error) => {
				this.#leave(key);
				if (error === undefined) return;
				this.#lastError = error;
				if (established) this.#count.lost++;
				else this.#count.failed++;
			},
		});
		this.#seats.set(key, { client, port, misses: 0 });
		return client;
	}

	#deliver(message: Buffer, address: string, port: number, readAtMs: number): void {
		if (this.#udp.getSendQueueSize() > mostUnsentBytes) {
			this.#toClient.dropped++;
			return;
		}
		this.#udp.send(message, port, address, this.#onSent);
		this.#toClient.datagrams++;
		this.#toClient.delay.record(this.#clock.nowMs() - readAtMs);
	}

	/** One for all datagrams: a closure for each would be the dearest part of sending it. */
	readonly #onSent = (error: Error | null): void => {
		if (error === null) return;
		this.#toClient.datagrams--;
		this.#toClient.dropped++;
	};

	#leave(key: string): void {
		const seat = this.#seats.get(key);
		if (seat === undefined) return;
		this.#seats.delete(key);
		seat.client.close();
		const { closed } = seat.client;
		this.#closing.add(closed);
		void closed.then(() => this.#closing.delete(closed));
	}

	/** A TURN client over UDP may go without a word; its connection and allocation must not outlive it. */
	async #sweep(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			await this.#clock.sleepUntil(this.#clock.nowMs() + sweepEveryMs, signal);
			if (signal.aborted || this.#seats.size === 0) continue;
			const nowMs = this.#clock.nowMs();
			const sockets = await readUdpSockets();
			this.#count.missed = sockets?.dropped.get(this.port) ?? this.#count.missed;
			for (const [key, seat] of this.#seats) {
				const { client, port } = seat;
				const unseen = sockets !== undefined && !sockets.ports.has(port);
				// A client that came while the table was read may be missing from it.
				seat.misses = unseen && client.lastAtMs < nowMs ? seat.misses + 1 : 0;
				const boundMs = client.isLeaving ? leavingIdleMs : this.#idleMs;
				if (nowMs - client.lastAtMs > boundMs || seat.misses >= missesUntilGone) this.#leave(key);
			}
		}
	}
}

function framedOrNothing(datagram: Buffer): Buffer | undefined {
	try {
		return frame(datagram);
	} catch (error) {
		if (error instanceof FramingError) return undefined;
		throw error;
	}
}
