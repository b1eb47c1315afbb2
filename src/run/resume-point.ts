import type { Aggregates } from "../aggregate/aggregates.js";
import type { Calm } from "../fault/calm.js";
import type { FaultMoment } from "../fault/moments.js";
import type { LifeSample, ParticipantLabels } from "../sample/sample.js";
import type { FaultSummary } from "../verdict/summary.js";
import type { TrendWatch } from "./trend-watch.js";

/** What the tester has done and used since the start of the run, the dead of it included. */
export interface TesterSoFar {
	/** Lives begun a second time. */
	readonly takenOver: number;
	readonly workersDied: number;
	readonly cpuSeconds: number;
	readonly maxRssBytes: number;
}

/** One time that a killed run went on. */
export interface Resumption {
	/** On the clock of the run, which stood still meanwhile: milliseconds from its start. */
	readonly atMs: number;
	/** From the last second that was saved until it went on. */
	readonly gapMs: number;
}

/** Where a killed run goes on: what its folder holds up to the last whole second. */
export interface ResumePoint {
	/** Milliseconds from the start of the run. */
	readonly fromMs: number;
	/** Epoch milliseconds of the run's time 0 as it was before; undefined where no second was saved. */
	readonly startAtMs: number | undefined;
	readonly totals: Aggregates;
	readonly tester: TesterSoFar;
	/** Faults that were carried out before. */
	readonly faults: readonly FaultSummary[];
	/** Those that were not, at their times. */
	readonly faultsDue: readonly FaultMoment[];
	/** How it was before the kill, while no fault was under way. */
	readonly calm: Calm;
	/** Earlier times that it went on. */
	readonly earlier: readonly Resumption[];
	readonly trends: TrendWatch;
}

/**
 * What became of those that were in a room when the tester was killed. Each is counted once: as lost here, and as
 * taken over when it joins again. Who was still joining counts as not started, as at the end of any run.
 */
export function lostWithTester(totals: Aggregates): LifeSample[] {
	const open = new Map<string, { labels: ParticipantLabels; count: number }>();
	for (const { labels, value } of totals.series("participants")) {
		const { event, ...rest } = labels;
		const sign = event === "joined" ? 1 : event === "lost" || event === "left" ? -1 : 0;
		const key = JSON.stringify(rest);
		// The values come from participants by way of `fold`; the labels' type only says string.
		const group = open.get(key) ?? { labels: rest as ParticipantLabels, count: 0 };
		open.set(key, { ...group, count: group.count + sign * value });
	}
	return [...open.values()].flatMap(({ labels, count }) =>
		Array.from(
			{ length: Math.max(0, count) },
			(): LifeSample => ({ kind: "lost", labels, cause: "tester-killed" }),
		),
	);
}
