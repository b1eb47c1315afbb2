import type { Aggregates } from "../aggregate/aggregates.js";
import type { FaultKindName } from "../scenario/fault.js";
import type { ThresholdResult } from "../verdict/evaluate.js";
import type { Invalidity } from "../verdict/validity.js";
import type { MemoryReading } from "./memory-reading.js";
import type { TesterSoFar } from "./resume-point.js";

/** One worker process as the parent sees it. */
export interface WorkerView {
	readonly worker: number;
	readonly pid: number;
	readonly alive: number;
	readonly joining: number;
	/** Share of one core used since the last report, 0 to 1 and above. */
	readonly cpu: number;
	readonly rssBytes: number;
	readonly lagP99Ms: number;
}

/** The run as it stands, handed to every sink once a second. Sinks read it at once and keep none of it. */
export interface RunView {
	readonly nowMs: number;
	readonly elapsedMs: number;
	readonly durationMs: number;
	/** Participants that should be alive now, are alive, are on their way in. */
	readonly target: number;
	readonly alive: number;
	readonly joining: number;
	/** Since the start of the run. */
	readonly totals: Aggregates;
	/** Since the last view. */
	readonly window: Aggregates;
	readonly thresholds: readonly ThresholdResult[];
	/** Why the measurement cannot be trusted, so far; empty is good. */
	readonly invalidities: readonly Invalidity[];
	readonly workers: readonly WorkerView[];
	/** Kinds of the faults that are under way. */
	readonly activeFaults?: readonly FaultKindName[];
	/** Since the start of the run. */
	readonly tester?: TesterSoFar;
	/** Where it was read since the last view. */
	readonly memory?: MemoryReading;
}
