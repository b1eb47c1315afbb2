import { Aggregates } from "../aggregate/aggregates.js";
import { makePlan } from "../plan/make-plan.js";
import type { Scenario } from "../scenario/scenario.js";
import { buildSummary } from "../verdict/build-summary.js";
import { evaluate } from "../verdict/evaluate.js";
import { countParticipants } from "../verdict/participants.js";
import { type Summary, summarySchema } from "../verdict/summary.js";
import { parseThreshold, type Threshold } from "../verdict/threshold.js";
import { defaultValidityLimits, judgeValidity, testerState } from "../verdict/validity.js";
import { exitCodeOf } from "../verdict/verdict.js";
import type { RunFile } from "./read-run.js";
import type { ReadTimeline } from "./read-timeline.js";
import { type RunStory, unfinishedText } from "./run-story.js";

/**
 * A summary from what was appended while the run went: the same figures as the run would have given had it ended at
 * the last line. Its verdict is that of the events if the run did end, else "error". Undefined where nothing was
 * measured and nobody joined or failed.
 */
export function rebuildSummary(
	run: RunFile | undefined,
	timeline: ReadTimeline,
	story: RunStory,
): Summary | undefined {
	const totals = timeline.lines > 0 ? (timeline.totals ?? new Aggregates()) : fromEvents(story);
	const began = totals.counter("participants") > 0;
	if (timeline.lines === 0 && !began) return undefined;
	const scenario = run?.scenario as Scenario | undefined;
	const planned = plannedLives(run, totals);
	const verdict = story.verdict ?? "error";
	const reason =
		story.stopReason ??
		(story.verdict === undefined ? unfinishedText(timeline.elapsedMs, run?.durationMs) : undefined);
	const summary = buildSummary({
		decision: { verdict, exitCode: exitCodeOf(verdict) },
		...(reason === undefined ? {} : { reason }),
		...(run ? { runId: run.runId } : {}),
		startedAt: run?.startedAt ?? isoTime(timeline.startAtMs ?? story.startedAtMs),
		durationMs: timeline.elapsedMs,
		...{ scenario: run?.scenarioName ?? "unknown scenario", seed: run?.seed ?? 0 },
		engines: run?.engines ?? {},
		server: {
			...(story.serverVersion === undefined ? {} : { version: story.serverVersion }),
			...{ url: run?.serverUrl ?? "", embedded: run?.serverEmbedded ?? false },
		},
		...{ planned, totals, unseen: new Map() },
		thresholds: evaluate(thresholdsOf(scenario), totals),
		invalidities: judgeValidity(testerState(totals), {
			...defaultValidityLimits,
			...scenario?.validity,
		}),
		tester: {
			...{ cpuSeconds: timeline.cpuSeconds, maxRssBytes: timeline.maxRssBytes },
			...{ workers: timeline.workers, workersDied: story.workersDied },
		},
	});
	// A run.json that was edited by hand may have led to anything.
	return summarySchema.safeParse(summary).data;
}

/** Who came and went, where no second of the timeline is left. */
function fromEvents(story: RunStory): Aggregates {
	const totals = new Aggregates();
	const unknown = { engine: "", ice: "", role: "" };
	totals.add("participants", { event: "joined", ...unknown }, story.joined);
	for (const { stage, cause, count } of story.failures) {
		totals.add("participants", { event: "failed", ...unknown }, count);
		countUnlessOdd(() => totals.add("failures", { stage, cause }, count));
	}
	for (const { cause, count } of story.lost) {
		totals.add("participants", { event: "lost", ...unknown }, count);
		countUnlessOdd(() => totals.add("lost", { cause }, count));
	}
	return totals;
}

/** Words that no livesoak wrote are no series. */
function countUnlessOdd(count: () => void): void {
	try {
		count();
	} catch {}
}

/** As the plan of run.json has it; where that cannot be made, no fewer than there were. */
function plannedLives(run: RunFile | undefined, totals: Aggregates): number {
	const seen = countParticipants(totals, 0).counts;
	const atLeast = Math.max(run?.participants ?? 0, seen.joined + seen.failed);
	try {
		const { lifeCount } = makePlan(run?.scenario as Scenario);
		return Number.isSafeInteger(lifeCount) ? Math.max(lifeCount, atLeast) : atLeast;
	} catch {
		return atLeast;
	}
}

function thresholdsOf(scenario: Scenario | undefined): Threshold[] {
	try {
		return Object.entries(scenario?.thresholds ?? {}).flatMap(([metric, entries]) =>
			entries.map((entry) => parseThreshold(metric, entry.expression, entry)),
		);
	} catch {
		return [];
	}
}

function isoTime(atMs: number | undefined): string {
	return atMs === undefined || Math.abs(atMs) > 8e15 ? "unknown" : new Date(atMs).toISOString();
}
