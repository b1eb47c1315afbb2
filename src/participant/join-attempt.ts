import type { Clock } from "../clock/clock.js";
import type { EngineObserver } from "../engine/engine.js";
import { JoinError } from "../engine/join-error.js";
import type { ParticipantLabels, Sample } from "../sample/sample.js";
import type { ConnectStage } from "../sample/stage.js";
import { anyAbort } from "./any-abort.js";
import type { Failure } from "./failure.js";
import { beginJoin, type JoinEvent, type JoinState, stepJoin } from "./join-lifecycle.js";

/** Media stages count only for a participant that had something to hear when it came. */
const needsRemoteAudio: ReadonlySet<ConnectStage> = new Set<ConnectStage>(["media", "heard"]);

/** The server drops what such a participant sends, and says nothing. */
const noDataAllowed: Failure = {
	...{ stage: "published", cause: "publish-refused" },
	detail: "its token does not let it publish data (canPublishData)",
};

/** Promises that an engine may settle one after the other between the abort and its rejection. */
const lastWordsTurns = 50;

/** Drives one join through its state machine: owns the deadline's timer and turns stages into samples. */
export class JoinAttempt {
	readonly scheduledAtMs: number;
	/** Aborts at the deadline, on an interrupt, and when the life is closed. */
	readonly signal: AbortSignal;
	/** Aborts when the connection ended without our asking. */
	readonly disconnected: AbortSignal;
	readonly #clock: Clock;
	readonly #labels: ParticipantLabels;
	readonly #emit: (sample: Sample) => void;
	readonly #wantsToSendData: boolean;
	readonly #interrupt: AbortSignal;
	readonly #ended = new AbortController();
	readonly #disconnected = new AbortController();
	readonly #settled: Promise<void>;
	#settle: () => void = () => {};
	#state: JoinState;
	#loss: Omit<Failure, "stage"> | undefined;

	constructor(options: {
		clock: Clock;
		labels: ParticipantLabels;
		scheduledAtMs: number;
		deadlineMs: number;
		wantsToSend: boolean;
		wantsToReceive: boolean;
		wantsToSendData: boolean;
		interrupt: AbortSignal;
		emit: (sample: Sample) => void;
	}) {
		const { clock, labels, deadlineMs, wantsToSend, wantsToReceive } = options;
		this.#clock = clock;
		this.#labels = labels;
		this.#emit = options.emit;
		this.#wantsToSendData = options.wantsToSendData;
		this.#interrupt = options.interrupt;
		this.scheduledAtMs = options.scheduledAtMs;
		this.#state = beginJoin({ icePolicy: labels.ice, wantsToSend, wantsToReceive, deadlineMs });
		this.signal = anyAbort([this.#ended.signal, options.interrupt]).signal;
		this.disconnected = this.#disconnected.signal;
		this.#settled = new Promise((resolve) => {
			this.#settle = resolve;
		});
		this.signal.addEventListener("abort", () => this.#settle(), { once: true });
		void clock.sleepUntil(deadlineMs, this.signal).then(() => this.#step({ kind: "time" }));
	}

	/** The engine's observer of this attempt; reconnects and the server's version are somebody else's matter. */
	observe(
		others: Pick<EngineObserver, "onReconnecting" | "onReconnected"> & {
			onServer(version: string): void;
		},
	): EngineObserver {
		return {
			...others,
			onStage: (stage, atMs) => this.#onStage(stage, atMs),
			onWelcome: ({ serverVersion, remoteAudioTracks, mayPublishData = true }) => {
				others.onServer(serverVersion);
				this.#step({ kind: "welcome", remoteAudioTracks });
				if (this.#wantsToSendData && !mayPublishData)
					this.#step({ kind: "failed", failure: noDataAllowed });
			},
			onNothingToHear: () => this.#step({ kind: "nothing-to-hear" }),
			onDisconnected: (_atMs, loss) => {
				if (!this.#interrupt.aborted) this.#loss ??= loss;
				this.#disconnected.abort();
				this.#step({ kind: "failed", failure: { stage: "media", ...loss } });
			},
		};
	}

	hasCredentials(): void {
		this.#step({ kind: "credentials" });
	}

	connected(): void {
		this.#step({ kind: "connected" });
	}

	/** Resolves when the join is joined. @throws JoinError when it has failed or was interrupted */
	async settled(): Promise<void> {
		await this.#settled;
		if (this.#state.outcome?.kind !== "joined") throw this.#endedError();
	}

	/**
	 * The promise's value, unless the attempt ends before it: whatever hangs, the deadline holds. What was told to
	 * stop by the same signal may reject by itself at that very moment: it saw more.
	 * @param onLate gets the value that nobody waits for any more
	 * @throws JoinError when the attempt has ended, or whatever the promise rejects with
	 */
	unlessEnded<T>(promise: Promise<T>, onLate: (value: T) => void = () => {}): Promise<T> {
		return new Promise((resolve, reject) => {
			let isLate = false;
			const end = async () => {
				isLate = true;
				for (let turn = 0; turn < lastWordsTurns; turn++) await undefined;
				reject(this.#endedError());
			};
			if (this.signal.aborted) void end();
			else this.signal.addEventListener("abort", end, { once: true });
			promise
				.then((value) => (isLate ? onLate(value) : resolve(value)), reject)
				.finally(() => this.signal.removeEventListener("abort", end));
		});
	}

	/** Why the join failed. At the deadline the engine, which saw more of the stage, has the better words. */
	failureOf(error: unknown): Failure {
		const { outcome } = this.#state;
		const own = outcome?.kind === "failed" ? outcome.failure : undefined;
		if (error instanceof JoinError && (!own || own.stage === error.stage)) return error;
		if (own) return own;
		const detail = error instanceof Error ? error.message : String(error);
		return { stage: "joined", cause: "internal", detail };
	}

	/** Why a joined participant was lost, if it was. */
	lossReason(): Omit<Failure, "stage"> | undefined {
		return this.#loss;
	}

	close(): void {
		this.#ended.abort();
	}

	#endedError(): JoinError {
		const { outcome } = this.#state;
		if (outcome?.kind === "failed") return new JoinError(outcome.failure);
		return new JoinError({ stage: "joined", cause: "aborted", detail: "the join was interrupted" });
	}

	/** An engine that is told to stop may still have a word to say: it no longer counts. */
	#onStage(stage: ConnectStage, atMs: number): void {
		if (this.#ended.signal.aborted || this.#state.reached.has(stage)) return;
		this.#step({ kind: "stage", stage, atMs });
		if (needsRemoteAudio.has(stage) && !this.#state.mediaExpected) return;
		const sinceScheduledMs = Math.max(0, atMs - this.scheduledAtMs);
		this.#emit({ kind: "stage", labels: this.#labels, stage, sinceScheduledMs });
	}

	#step(event: JoinEvent): void {
		const before = this.#state.outcome;
		this.#state = stepJoin(this.#state, event, this.#clock.nowMs());
		const { outcome } = this.#state;
		if (!outcome || before) return;
		this.#settle();
		if (outcome.kind === "failed") this.#ended.abort();
	}
}
