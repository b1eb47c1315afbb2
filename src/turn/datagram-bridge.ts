import type { Socket } from "node:dgram";
import type { DistributionSnapshot } from "../aggregate/snapshot.js";
import type { Clock } from "../clock/clock.js";
import { bindLoopback } from "./bind-loopback.js";
import type { BridgeClient, BridgeClientEvents } from "./bridge-client.js";
import { BridgeDelay } from "./bridge-delay.js";
import type { BridgeDirection, TurnDatagramBridgeStats } from "./bridge-stats.js";
import type { TurnConnectError } from "./connect-error.js";
import { DatagramClient } from "./datagram-client.js";
import { MissedDatagrams } from "./missed-datagrams.js";
import { StreamClient } from "./stream-client.js";
import { isWhole } from "./stream-framing.js";
import { TurnConnector, type TurnStreamServer } from "./turn-connector.js";
import { isRequest } from "./turn-message.js";
import { readUdpSockets } from "./udp-sockets.js";

const sweepEveryMs = 1_000;
const defaultIdleMs = 60_000;
/** After Refresh with lifetime 0: enough for the answer, or for a second try with a fresh nonce. */
const leavingIdleMs = 2_000;
/** Sweeps in a row that must miss a client's socket: one reading of /proc/net/udp6 may skip a line. */
const missesUntilGone = 2;
/** Bounds what waits for the loopback socket; the kernel takes it at once in all but the worst moments. */
const mostUnsentBytes = 1024 * 1024;
/** The system caps it (net.core.rmem_max). */
const receiveBufferBytes = 4 * 1024 * 1024;

export interface TurnDatagramBridgeOptions extends Omit<TurnStreamServer, "transport"> {
	/** From the bridge to the TURN server. */
	readonly transport: "udp" | "tcp" | "tls";
	readonly clock: Clock;
	/**
	 * Over UDP: the password of a client by its user name, so that the allocation of one that has gone without a
	 * word can be given back; else it stays on the server until its lifetime is over. Asked at its first request.
	 */
	readonly passwordOf?: (username: string) => string | undefined;
	/** A client without any datagram for so long is gone. @default 60,000 */
	readonly idleMs?: number;
}

export interface TurnDatagramBridge {
	/** Port on [::1]: `turn:[::1]:PORT?transport=udp` reaches the TURN server over UDP, TCP or TLS. */
	readonly port: number;
	/** What was last wrong with the TURN server; undefined once it is there again. */
	lastError(): TurnConnectError | undefined;
	stats(): TurnDatagramBridgeStats;
	/** The delays of both ways since the last call (`turn.bridgeDelay`), one snapshot for each that has some. */
	takeDelays(): DistributionSnapshot[];
	/** Closes the port and every client's way, and resolves when they are closed; idempotent. */
	close(): Promise<void>;
}

/**
 * Opens a local UDP port for TURN clients that speak UDP, over IPv6 loopback alone: a client bound to [::1] reaches
 * nothing else, so whatever pair it finds goes through the relay. That forces the relay where the client's ICE
 * library does not, and is why TURN over UDP goes through a bridge too.
 *
 * Each client's messages go on over a UDP socket, or a TCP or TLS connection, of its own, and nothing in them is
 * changed: to the server it is TURN over that transport (RFC 8656, section 3.1), with the client's own
 * credentials, permissions, channels and refreshes.
 *
 * @throws UserError (exit 1): this machine has no IPv6 loopback
 */
export async function startTurnDatagramBridge(
	options: TurnDatagramBridgeOptions,
): Promise<TurnDatagramBridge> {
	const openClient = clientOpener(options);
	const udp = await bindLoopback();
	udp.setRecvBufferSize(receiveBufferBytes);
	return new RunningBridge(options, openClient, udp);
}

type OpenClient = (events: BridgeClientEvents) => BridgeClient;

function clientOpener(options: TurnDatagramBridgeOptions): OpenClient {
	const { transport, clock, passwordOf, ...server } = options;
	if (transport === "udp") {
		const named = { host: server.host, port: server.port, transport };
		return (events) => new DatagramClient(named, clock, events, passwordOf);
	}
	const connector = new TurnConnector({ ...server, transport });
	return (events) => new StreamClient(connector, clock, events);
}

interface DirectionCount {
	datagrams: number;
	dropped: number;
	readonly delay: BridgeDelay;
}

interface Seat {
	readonly client: BridgeClient;
	readonly port: number;
	/** Sweeps in a row in which the client's own socket was not seen. */
	misses: number;
}

class RunningBridge implements TurnDatagramBridge {
	readonly port: number;
	readonly #clock: Clock;
	readonly #idleMs: number;
	readonly #openClient: OpenClient;
	readonly #udp: Socket;
	readonly #seats = new Map<string, Seat>();
	readonly #closing = new Set<Promise<void>>();
	readonly #stop = new AbortController();
	readonly #count = { opened: 0, failed: 0, lost: 0, refused: 0 };
	readonly #missed = new MissedDatagrams();
	readonly #toServer: DirectionCount = { datagrams: 0, dropped: 0, delay: new BridgeDelay() };
	readonly #toClient: DirectionCount = { datagrams: 0, dropped: 0, delay: new BridgeDelay() };
	#lastError: TurnConnectError | undefined;
	#closed: Promise<void> | undefined;

	constructor(options: TurnDatagramBridgeOptions, openClient: OpenClient, udp: Socket) {
		this.#clock = options.clock;
		this.#idleMs = options.idleMs ?? defaultIdleMs;
		this.#openClient = openClient;
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

	stats(): TurnDatagramBridgeStats {
		const { opened, failed, lost, refused } = this.#count;
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
			missed: this.#missed.total,
		};
	}

	takeDelays(): DistributionSnapshot[] {
		return [this.#toServer, this.#toClient].flatMap(({ delay }) => delay.takeDelta() ?? []);
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
		if (!isWhole(datagram)) {
			this.#count.refused++;
			return;
		}
		const key = `${address}:${port}`;
		let client = this.#seats.get(key)?.client;
		if (client?.isForAnother(datagram)) {
			this.#leave(key);
			client = undefined;
		}
		// Without an allocation only a request can do anything: media does not knock on a dead server's door.
		if (client === undefined && !isRequest(datagram)) {
			this.#count.refused++;
			return;
		}
		client ??= this.#open(key, address, port);
		if (client.send(datagram, atMs)) this.#toServer.datagrams++;
		else this.#toServer.dropped++;
	}

	#open(key: string, address: string, port: number): BridgeClient {
		this.#count.opened++;
		const client = this.#openClient({
			onReady: () => {
				this.#lastError = undefined;
			},
			onMessage: (message, readAtMs) => this.#deliver(message, address, port, readAtMs),
			onHandedOver: (delayMs) => this.#toServer.delay.record(delayMs),
			onFault: (established, error) => {
				this.#lastError = error;
				if (established) this.#count.lost++;
				else this.#count.failed++;
			},
			onEnd: () => this.#leave(key),
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
		const { client } = seat;
		if (client.udpPort !== undefined) this.#missed.gone(client.udpPort);
		client.close();
		const { closed } = client;
		this.#closing.add(closed);
		void closed.then(() => this.#closing.delete(closed));
	}

	/** A TURN client over UDP may go without a word; its connection and allocation must not outlive it. */
	async #sweep(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			await this.#clock.sleepUntil(this.#clock.nowMs() + sweepEveryMs, signal);
			if (signal.aborted || this.#seats.size === 0) continue;
			const nowMs = this.#clock.nowMs();
			const [v4, v6] = await Promise.all([readUdpSockets(4), readUdpSockets(6)]);
			const tables = { ...(v4 && { 4: v4 }), ...(v6 && { 6: v6 }) };
			this.#missed.look({ family: 6, port: this.port }, tables);
			for (const [key, seat] of this.#seats) {
				const { client, port } = seat;
				if (client.udpPort !== undefined) this.#missed.look(client.udpPort, tables);
				const unseen = v6 !== undefined && !v6.ports.has(port);
				// A client that came while the table was read may be missing from it.
				seat.misses = unseen && client.lastAtMs < nowMs ? seat.misses + 1 : 0;
				const boundMs = client.isLeaving ? leavingIdleMs : this.#idleMs;
				if (nowMs - client.lastAtMs > boundMs || seat.misses >= missesUntilGone) this.#leave(key);
			}
		}
	}
}
