import type { AggregatesSnapshot } from "../aggregate/snapshot.js";
import type { Clock } from "../clock/clock.js";
import type { TesterSoFar } from "../run/resume-point.js";
import type { LifeRef, RunEvent } from "../run/run-event.js";
import type { LifeSample } from "../sample/sample.js";
import type { FromWorker, WorkerOrder } from "./messages.js";
import type { WorkerHandle } from "./worker-handle.js";

export interface SupervisorListener {
	onReport(aggregates: AggregatesSnapshot): void;
	onLife(sample: LifeSample, life: LifeRef): void;
	onEvent(event: RunEvent): void;
	/** How a fault ended for one seat. */
	onRecovery?(recovery: Extract<FromWorker, { kind: "recovery" }>): void;
	/** A fresh worker has begun to live these seats in place of a dead one. */
	onReplaced?(seats: readonly number[]): void;
	/** Lives that are about to begin have no token; only where tokens are handed out. */
	onTokensWanted?(identities: readonly string[]): void;
}

export interface SupervisorOptions {
	readonly clock: Clock;
	/** The order of every worker, but for its own seats. */
	readonly order: Omit<WorkerOrder, "seats" | "fromMs">;
	/** Seat indices of each worker. */
	readonly shards: readonly (readonly number[])[];
	readonly workerEnv: NodeJS.ProcessEnv;
	/** Of this machine, to tell what share of it the workers take. @default 1 */
	readonly cores?: number;
	/** A worker process that was started ahead, without an order. */
	readonly spare?: WorkerHandle;
	/** The plan is lived from here on, in milliseconds from its time 0. @default 0 */
	readonly fromMs?: number;
	/** What a run that is resumed had done before. */
	readonly before?: TesterSoFar;
	readonly listener: SupervisorListener;
}
