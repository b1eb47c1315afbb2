import type { AggregatesSnapshot } from "../aggregate/snapshot.js";
import type { BuiltInSource } from "../audio/built-in-sources.js";
import type { EngineName } from "../engine/engine-name.js";
import type { FaultWatch } from "../fault/fault-watch.js";
import type { RunEvent } from "../run/run-event.js";
import type { Recovery } from "../sample/recovery.js";
import type { LifeSample } from "../sample/sample.js";
import type { ConnectStage } from "../sample/stage.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Connection } from "./connection.js";
import type { TokenHandout } from "./handout.js";

/** Everything a worker needs to live its seats. Travels over the process's own IPC channel, never argv. */
export interface WorkerOrder {
	readonly scenario: Scenario;
	/** Tells the participants of this run from those of another on the same server. */
	readonly runTag: string;
	readonly connection: Connection;
	/** Indices of the seats this worker lives. */
	readonly seats: readonly number[];
	/** Where to take the plan up, in plan time: 0, or when the worker before this one died. */
	readonly fromMs: number;
	/**
	 * Its parent must renew the lease within this time, or the worker ends its participants by itself: a process that
	 * stands still must not leave people in the rooms. Absent: it lives as long as its parent does.
	 */
	readonly leaseMs?: number;
}

/** What the parent says to a worker. */
export type ToWorker =
	/** What the order to come is likely to name: it may be loaded while the order is made. */
	| {
			readonly kind: "expect";
			readonly engines: readonly EngineName[];
			readonly source: BuiltInSource | undefined;
	  }
	| { readonly kind: "prepare"; readonly order: WorkerOrder }
	/** Begin to live the plan; sent once all workers are ready. */
	| { readonly kind: "start"; readonly startAtMs: number }
	/** A fault of the scenario begins, or goes on after the worker before this one died of it. */
	| { readonly kind: "fault-began"; readonly watch: FaultWatch }
	/** It is over: recovery is counted from `fromMs` (epoch milliseconds). */
	| { readonly kind: "fault-ended"; readonly fault: number; readonly fromMs: number }
	/** Tokens for lives that are to begin, or that were asked for. */
	| ({ readonly kind: "tokens" } & TokenHandout)
	/** The parent is there, and so is who told it what to do. */
	| { readonly kind: "lease"; readonly sharedOffsetMs: number }
	/** Nobody leads the run any more: everyone leaves, and is counted as lost. */
	| { readonly kind: "lease-over" }
	/** Start nothing new, interrupt what is left, leave politely. */
	| { readonly kind: "stop" };

/** A worker's own load over the last report period. */
export interface WorkerLoad {
	/** Share of one core, 0 to 1 and above. */
	readonly cpu: number;
	/** CPU time since this worker began to live its lives. */
	readonly cpuSeconds: number;
	readonly rssBytes: number;
	readonly lagP99Ms: number;
}

/** What the parent must know of an engine that lives in the worker. */
export interface EngineFacts {
	readonly name: EngineName;
	readonly version: string;
	readonly sees: ReadonlySet<ConnectStage>;
}

/** What a worker says to its parent. */
export type FromWorker =
	| { readonly kind: "ready"; readonly engines: readonly EngineFacts[] }
	| { readonly kind: "event"; readonly event: RunEvent }
	/** A turn in a life, told at once, so that the parent knows who is alive when a worker dies. */
	| {
			readonly kind: "life";
			readonly seat: number;
			readonly life: number;
			readonly sample: LifeSample;
	  }
	| {
			readonly kind: "report";
			/** What was measured since the last report, without the turns of lives. */
			readonly aggregates: AggregatesSnapshot;
			readonly load: WorkerLoad;
	  }
	/** How a fault ended for one seat; once each. `gone`: its participant left as planned. */
	| {
			readonly kind: "recovery";
			readonly fault: number;
			readonly seat: number;
			readonly outcome: Recovery | "gone";
	  }
	/** Lives that are about to begin and have no token; each asked for once. */
	| { readonly kind: "token-wanted"; readonly identities: readonly string[] }
	/** All lives are over and the last report is sent. */
	| { readonly kind: "done" }
	| {
			readonly kind: "failed";
			readonly message: string;
			readonly hint: string | undefined;
			readonly exitCode: 1 | 2;
	  };
