import { connect, createServer, type Socket } from "node:net";
import { SignalTarget, SyncState } from "@livekit/protocol";
import { AccessToken } from "livekit-server-sdk";
import { PeerConnection } from "node-datachannel";
import { vi } from "vitest";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { SignalClient, type SignalOptions } from "../../src/engine/lite/signal/signal-client.js";
import type { SignalListener } from "../../src/engine/lite/signal/signal-listener.js";
import { sdkLimits } from "../../src/engine/lite/signal/signal-state.js";

/** A TCP forwarder whose connections can be cut without a farewell. */
export interface CutProxy {
	readonly port: number;
	/** How many connections were made. */
	connections(): number;
	/** @param dropNext so many connections after it are dropped at once, too */
	cut(dropNext?: number): void;
	stop(): Promise<void>;
}

export async function startCutProxy(targetPort: number): Promise<CutProxy> {
	const open = new Set<Socket>();
	let count = 0;
	let toDrop = 0;
	const server = createServer((client) => {
		count++;
		if (toDrop > 0) {
			toDrop--;
			client.on("error", () => {}).resetAndDestroy();
			return;
		}
		const upstream = connect(targetPort, "127.0.0.1");
		for (const socket of [client, upstream]) {
			open.add(socket);
			socket.on("error", () => {});
			socket.on("close", () => open.delete(socket));
		}
		client.on("close", () => upstream.destroy());
		upstream.on("close", () => client.destroy());
		client.pipe(upstream).pipe(client);
	});
	const cut = (dropNext = 0) => {
		toDrop = dropNext;
		for (const socket of open) socket.resetAndDestroy();
	};
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no TCP address");
	return {
		port: address.port,
		connections: () => count,
		cut,
		stop: () => {
			cut();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}

export async function tokenFor(
	{ apiKey, apiSecret }: Pick<RunningServer, "apiKey" | "apiSecret">,
	room: string,
	identity: string,
): Promise<string> {
	const token = new AccessToken(apiKey, apiSecret, { identity, ttl: 60 });
	token.addGrant({ roomJoin: true, room });
	return token.toJwt();
}

/** A participant of signalling alone, that writes down what it is told. */
export class Probe {
	readonly client: SignalClient;
	/** What was told, in order: `joined`, `rtt`, `reconnecting resume`, `disconnected server-shutdown` … */
	readonly log: string[] = [];
	readonly #abort = new AbortController();
	#subscriber: PeerConnection | undefined;

	constructor(
		options: Pick<SignalOptions, "url" | "token"> &
			Partial<SignalOptions> & {
				/** Answers the server's first offer with a real peer connection, so that it counts as connected. */
				readonly peer?: boolean;
				/** Leaves it to the test to say that the peer connections are back. */
				readonly holdsRecovery?: boolean;
			},
	) {
		const { peer, holdsRecovery, ...rest } = options;
		const own: Partial<SignalListener> = {
			onOffer: ({ sdp, id }) => {
				this.log.push("offer");
				// libjuice cannot restart ICE: the first offer is the one that is answered.
				if (!peer || this.#subscriber) return;
				const connection = new PeerConnection("probe", {
					iceServers: [],
					disableAutoNegotiation: true,
					forceMediaTransport: true,
				});
				this.#subscriber = connection;
				connection.onLocalCandidate((line, mid) => {
					const init = { candidate: line.replace(/^a=/, ""), sdpMid: mid, sdpMLineIndex: 0 };
					this.client.send.trickle(SignalTarget.SUBSCRIBER, JSON.stringify(init));
				});
				connection.onStateChange((state) => this.log.push(`peer ${state}`));
				connection.setRemoteDescription(sdp, "offer");
				connection.setLocalDescription("answer");
				this.client.send.answer(connection.localDescription()?.sdp ?? "", id);
			},
			onTrickle: (_target, init) => {
				this.log.push("trickle");
				const { candidate, sdpMid } = JSON.parse(init || "{}");
				if (candidate) this.#subscriber?.addRemoteCandidate(candidate, sdpMid ?? "0");
			},
			onJoin: (_join, _atMs, isRestart) => {
				this.log.push(isRestart ? "joined anew" : "joined");
				this.#subscriber?.close();
				this.#subscriber = undefined;
				if (isRestart) this.client.recovered();
			},
			onResumed: () => {
				this.log.push("resumed");
				if (!holdsRecovery) this.client.recovered();
				return new SyncState();
			},
			onReconnecting: (_atMs, how) => this.log.push(`reconnecting ${how}`),
			onReconnected: (_atMs, how) => this.log.push(`reconnected ${how}`),
			onDisconnected: (_atMs, { cause, detail }) =>
				this.log.push(`disconnected ${cause}: ${detail}`),
			onSocket: () => this.log.push("socket"),
			onRtt: (rttMs) => this.log.push(rttMs >= 0 && rttMs < 5000 ? "rtt" : "rtt absurd"),
			onParticipantUpdate: (participants) => {
				for (const { identity, state } of participants)
					this.log.push(`update ${identity} ${state}`);
			},
		};
		this.client = new SignalClient({
			autoSubscribe: true,
			clientVersion: "0.0.0",
			tlsInsecure: false,
			clock: systemClock,
			signal: this.#abort.signal,
			limits: { ...sdkLimits, spread: 0 },
			...rest,
			listener: new Proxy(own as SignalListener, {
				get: (target, name: keyof SignalListener) => target[name] ?? (() => this.log.push(name)),
			}),
		});
	}

	/** Waits until a line of the log begins like this. */
	async until(start: string, timeoutMs = 20_000): Promise<void> {
		const isThere = () => {
			if (!this.log.some((line) => line.startsWith(start))) {
				throw new Error(`waiting for "${start}", log: ${this.log.join(" | ")}`);
			}
		};
		await vi.waitFor(isThere, { timeout: timeoutMs, interval: 20 });
	}

	abort(): void {
		this.#abort.abort();
	}

	async stop(): Promise<void> {
		await this.client.leave();
		this.#subscriber?.close();
	}
}
