import type { Aggregates } from "../aggregate/aggregates.js";
import { isCounterName, isDistributionName } from "../aggregate/catalogue.js";
import { stages } from "../sample/stage.js";
import { failedShare } from "./failed-share.js";
import { holds, type Threshold } from "./threshold.js";

/** A threshold with what was observed. */
export interface ThresholdResult {
	readonly metric: string;
	/** As the scenario has it. */
	readonly expression: string;
	/** In `unit`; undefined when there was nothing to observe, which fails the threshold. */
	readonly observed: number | undefined;
	/** `ms`, `ratio`, `mos` or `count`. */
	readonly unit: string;
	readonly ok: boolean;
	/** A failing advisory threshold is shown and does not change the verdict. */
	readonly advisory: boolean;
	readonly abortOnFail: boolean;
	/** Why nothing was observed. */
	readonly reason?: string;
}

/**
 * Holds every threshold against what was measured so far, in the given order. A metric without samples
 * fails: a check that saw nothing has not passed. Counters are the exception, nothing counted is 0.
 * @param unseen metrics that no engine of the run can see, with the engines' names (`unseenMetrics`)
 */
export function evaluate(
	thresholds: readonly Threshold[],
	aggregates: Aggregates,
	unseen: ReadonlyMap<string, readonly string[]> = new Map(),
): ThresholdResult[] {
	return thresholds.map((threshold) => {
		const { metric, expression, unit, advisory, abortOnFail } = threshold;
		const observed = observe(threshold, aggregates);
		const shown = { metric, expression, observed, unit, advisory, abortOnFail };
		if (observed !== undefined) return { ...shown, ok: holds(threshold, observed) };
		const engines = unseen.get(metric);
		const reason =
			engines === undefined ? "no samples" : `not visible to engine ${engines.join(", ")}`;
		return { ...shown, ok: false, reason };
	});
}

/**
 * The first result that should end a running test now. One without samples only waits for its turn,
 * and an advisory one never ends a run.
 */
export function firstAbort(results: readonly ThresholdResult[]): ThresholdResult | undefined {
	return results.find(
		({ ok, advisory, abortOnFail, observed }) =>
			abortOnFail && !ok && !advisory && observed !== undefined,
	);
}

function observe({ metric, statistic }: Threshold, aggregates: Aggregates): number | undefined {
	if (isCounterName(metric)) return aggregates.counter(metric);
	if (!isDistributionName(metric)) return undefined;
	if (statistic.kind === "failed" && metric === "recovery.media") return notRecovered(aggregates);
	if (statistic.kind === "failed") {
		const stage = stages.find((name) => metric === `connect.${name}`);
		return stage && failedShare(aggregates, stage);
	}
	const distribution = aggregates.distribution(metric);
	if (distribution === undefined) return undefined;
	switch (statistic.kind) {
		case "percentile":
			return distribution.percentile(statistic.p);
		case "ratio":
			return distribution.mean;
		case "min":
		case "max":
		case "mean":
		case "count":
			return distribution[statistic.kind];
	}
}

/** Of those that a fault met. */
function notRecovered(aggregates: Aggregates): number | undefined {
	const met = aggregates.counter("recoveries");
	return met === 0 ? undefined : aggregates.counter("recoveries", { outcome: "failed" }) / met;
}
