import type { Summary } from "../verdict/summary.js";

/** What a result folder says, as every form of report shows it: terminal, HTML, two runs side by side. */
export interface Report {
	/** Last part of the folder's path. */
	readonly name: string;
	/** From run.json; undefined where that is gone. */
	readonly run: ReportedRun | undefined;
	/** From summary.json, else rebuilt from the timeline; undefined where neither says anything. */
	readonly summary: Summary | undefined;
	readonly summarySource: "summary.json" | "rebuilt" | "none";
	/** What could not be read or was never written, one sentence each; empty is good. */
	readonly missing: readonly string[];
	readonly series: ReportSeries;
	readonly marks: readonly ReportMark[];
	/** At most ten, worst first: failed, lost, most often reconnected, slowest to connect. */
	readonly worst: readonly ReportedLife[];
	readonly connectMs: readonly ReportBar[];
	/** The machines that lived the plan; empty for a run on one. */
	readonly agents: readonly ReportedAgent[];
}

/** One machine of many; what is not known of it is absent. Times since the start of the run. */
export interface ReportedAgent {
	/** Unique within the run. */
	readonly name: string;
	readonly version?: string | undefined;
	readonly cores?: number | undefined;
	/** How many participants of one engine alone it offered to hold. */
	readonly capacity?: { readonly lite: number; readonly native: number } | undefined;
	/** Of the plan, that it was given. */
	readonly seats?: number | undefined;
	/** Redis's clock minus its own, and how far that may be off. */
	readonly clockOffsetMs?: number | undefined;
	readonly clockErrorMs?: number | undefined;
	/** Absent: it was there from the start. */
	readonly joinedLateMs?: number;
	readonly tookOver: readonly {
		readonly atMs: number;
		/** The agent that had them before. */
		readonly lost: string;
		readonly seats: number;
	}[];
	readonly lost?: {
		readonly atMs: number;
		readonly participantsLost: number;
		readonly silentMs: number;
		readonly reason: string;
	};
}

export interface ReportedRun {
	readonly runId: string;
	readonly startedAt: string;
	/** What to type to run it again, without secrets. */
	readonly command: string;
	readonly scenarioFile: string;
	readonly livesoakVersion: string;
	readonly machine: string;
	readonly plannedMs: number;
	readonly participants: number;
}

/**
 * A row a step of time, all arrays of one length; null: not measured. Steps are about a second in a short run; in a
 * long one seconds are merged, never dropped.
 */
export interface ReportSeries {
	readonly stepMs: number;
	readonly elapsedMs: readonly number[];
	readonly target: readonly (number | null)[];
	readonly alive: readonly (number | null)[];
	/** Joins and failed joins a second. */
	readonly joined: readonly (number | null)[];
	readonly failed: readonly (number | null)[];
	/** Ratio of the step: lost / (lost + received). */
	readonly loss: readonly (number | null)[];
	/** p95 of the step. */
	readonly jitterMs: readonly (number | null)[];
	readonly rttMs: readonly (number | null)[];
	/** Mean of the step. */
	readonly mos: readonly (number | null)[];
	readonly silence: readonly (number | null)[];
	/** p99 of the step, largest of all processes. */
	readonly lagMs: readonly (number | null)[];
	/** Memory of all workers. */
	readonly rssBytes: readonly (number | null)[];
}

/** A moment or stretch to be marked on every time line. */
export interface ReportMark {
	readonly kind: "fault" | "worker-died" | "agent" | "stop" | "threshold";
	readonly fromMs: number;
	/** Absent: a moment. */
	readonly untilMs?: number;
	readonly text: string;
}

export interface ReportedLife {
	readonly seat: number;
	readonly life: number;
	/** Why it is among the worst, in words. */
	readonly why: string;
	readonly connectMs: number | undefined;
	/** What happened, in order; `atMs` since the start of the run. */
	readonly events: readonly { readonly atMs: number; readonly text: string }[];
}

/** A bar of the histogram of `connect.media`. */
export interface ReportBar {
	readonly fromMs: number;
	readonly toMs: number;
	readonly count: number;
}
