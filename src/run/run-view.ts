import type { Aggregates } from "../aggregate/aggregates.js";
import type { FaultKindName } from "../scenario/fault.js";
import type { ThresholdResult } from "../verdict/evaluate.js";
import type { Invalidity } from "../verdict/validity.js";
import type { MemoryReading } from "./memory-reading.js";
import type { TesterSoFar } from "./resume-point.js";

/** One worker process as the parent sees it. */
export interface WorkerView {
	/** The agent whose process it is, by its name; absent: it is this machine's, and `pid` is one of here. */
	readonly agent?: string;
	/** Numbered on its own machine. */
	readonly worker: number;
	readonly pid: number;
	readonly alive: number;
	readonly joining: number;
	/** Share of one core used since the last report, 0 to 1 and above. */
	readonly cpu: number;
	readonly rssBytes: number;
	readonly lagP99Ms: number;
}

/** One machine of many as the coordinator sees it. */
export interface AgentView {
	/** As in its offer: unique for each start of an agent. */
	readonly agent: string;
	/** For people, and a label in Prometheus: unique among the agents of the run. */
	readonly name: string;
	/** False from the moment at which it was declared lost. */
	readonly isUp: boolean;
	readonly alive: number;
	readonly joining: number;
	/** Worker processes that its last report told of. */
	readonly workers: number;
	/** Redis's clock minus that machine's. */
	readonly clockOffsetMs: number;
	/** How long ago its last message came; since the start of the run where none has come yet. */
	readonly reportAgeMs: number;
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
	/** The machines that live the plan, lost ones too; absent where it is this one alone. */
	readonly agents?: readonly AgentView[];
	/** The highest `seq` heard of each agent, by its id: up to there all is in `totals`. Only with `agents`. */
	readonly heard?: Readonly<Record<string, number>>;
	/** Kinds of the faults that are under way. */
	readonly activeFaults?: readonly FaultKindName[];
	/** Since the start of the run. */
	readonly tester?: TesterSoFar;
	/** Where it was read since the last view. */
	readonly memory?: MemoryReading;
}
