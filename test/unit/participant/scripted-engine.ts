import type { Clock } from "../../../src/clock/clock.js";
import type {
	Engine,
	EngineObserver,
	EngineParticipant,
	JoinOrder,
} from "../../../src/engine/engine.js";
import { JoinError } from "../../../src/engine/join-error.js";
import type { CandidatePair } from "../../../src/ice/candidate-pair.js";
import type { Failure } from "../../../src/participant/failure.js";
import { type ConnectStage, connectStages } from "../../../src/sample/stage.js";

export const hostPair: CandidatePair = {
	...{ peer: "both", local: "host", remote: "host", protocol: "udp" },
};
export const relayPair: CandidatePair = {
	...{ peer: "both", local: "relay", remote: "host", protocol: "udp", relayProtocol: "udp" },
};

/** What an engine will do with one join; times are milliseconds from the call of `join`. */
export interface Script {
	readonly stagesAfterMs: Partial<Record<ConnectStage, number>>;
	readonly remoteAudioTracks: number;
	readonly mayPublishData?: boolean;
	readonly join:
		| { readonly kind: "resolves" | "rejects"; readonly afterMs: number }
		| { readonly kind: "hangs" };
	/** Goes on as if nobody had aborted, as an engine must not. */
	readonly ignoresSignal: boolean;
	readonly pairs: readonly CandidatePair[] | "hang";
	readonly disconnectsAfterMs?: number;
	readonly reconnects: readonly { readonly atMs: number; readonly forMs?: number }[];
	readonly totals: "read" | "unreadable" | "rejects";
	readonly leave: "leaves" | "rejects";
}

export const goodScript: Script = {
	stagesAfterMs: { socket: 5, joined: 10, gathered: 15, dtls: 40, published: 60, media: 80 },
	remoteAudioTracks: 1,
	join: { kind: "resolves", afterMs: 50 },
	ignoresSignal: false,
	pairs: [hostPair],
	reconnects: [],
	totals: "read",
	leave: "leaves",
};

export const scriptedFailure: Failure = { stage: "ice", cause: "turn-unreachable", detail: "no" };
export const scriptedLoss = {
	cause: "server-shutdown",
	detail: "LiveKit: SERVER_SHUTDOWN",
} as const;

/** An engine that does as the script says, in the clock's time, and counts what it was asked. */
export class ScriptedEngine implements Engine {
	readonly name = "native";
	readonly version = "scripted 1";
	readonly sees = new Set(connectStages);
	readonly orders: JoinOrder[] = [];
	letIn = 0;
	leaves = 0;
	readonly #clock: Clock;
	readonly #script: Script;

	constructor(clock: Clock, script: Script) {
		this.#clock = clock;
		this.#script = script;
	}

	async join(order: JoinOrder, observer: EngineObserver): Promise<EngineParticipant> {
		this.orders.push(order);
		const {
			stagesAfterMs,
			remoteAudioTracks,
			mayPublishData,
			reconnects,
			disconnectsAfterMs,
			join,
		} = this.#script;
		for (const stage of connectStages) {
			const afterMs = stagesAfterMs[stage];
			if (afterMs === undefined) continue;
			this.#later(afterMs, (atMs) => {
				if (stage === "joined") {
					const may = mayPublishData === undefined ? {} : { mayPublishData };
					observer.onWelcome({ serverVersion: "1.2.3", remoteAudioTracks, ...may });
				}
				observer.onStage(stage, atMs);
			});
		}
		for (const { atMs, forMs } of reconnects) {
			this.#later(atMs, (nowMs) => observer.onReconnecting(nowMs, "resume"));
			if (forMs !== undefined) this.#later(atMs + forMs, (at) => observer.onReconnected(at));
		}
		if (disconnectsAfterMs !== undefined)
			this.#later(disconnectsAfterMs, (atMs) => observer.onDisconnected(atMs, scriptedLoss));
		return new Promise((resolve, reject) => {
			if (!this.#script.ignoresSignal)
				order.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
			if (join.kind === "hangs") return;
			this.#later(join.afterMs, () => {
				if (join.kind === "rejects") return reject(new JoinError(scriptedFailure));
				if (order.signal.aborted && !this.#script.ignoresSignal) return;
				this.letIn++;
				resolve(this.#participant());
			});
		});
	}

	async close(): Promise<void> {}

	#participant(): EngineParticipant {
		const { pairs, totals, leave } = this.#script;
		let reading = 0;
		return {
			candidatePairs: () =>
				pairs === "hang" ? new Promise(() => {}) : Promise.resolve([...pairs]),
			mediaTotals: async () => {
				if (totals === "rejects") throw new Error("the stats broke");
				if (totals === "unreadable") return undefined;
				reading++;
				return {
					...{ packetsSent: 50 * reading, bytesSent: 5000 * reading },
					...{
						audioFramesLate: 0,
						audioFramesSent: 50 * reading,
						audioFramesDue: 50 * reading,
						inbound: [],
					},
				};
			},
			strike: async () => {},
			leave: async () => {
				this.leaves++;
				if (leave === "rejects") throw new Error("the leave broke");
			},
		};
	}

	#later(afterMs: number, act: (atMs: number) => void): void {
		const atMs = this.#clock.nowMs() + afterMs;
		void this.#clock.sleepUntil(atMs).then(() => act(atMs));
	}
}
