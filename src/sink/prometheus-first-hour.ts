import { distributionNames, type MetricUnit } from "../aggregate/catalogue.js";
import type { RunView } from "../run/run-view.js";
import type { PlainMetric, Series } from "./prometheus-catalogue.js";

const hourMs = 3_600_000;

/**
 * What a soak is held against: the figures of its first hour, which PromQL cannot ask for (no time of a
 * query depends on a series). Up to then it is the run so far; from the first scrape after it, it stands
 * still.
 * @returns metrics with a memory: one call for one run
 */
export function firstHourMetrics(): readonly PlainMetric[] {
	let kept: { readonly elapsedMs: number; readonly series: readonly Series[] } | undefined;
	const hourOf = (view: RunView | undefined) => {
		if (view && (kept === undefined || kept.elapsedMs < hourMs))
			kept = { elapsedMs: view.elapsedMs, series: figuresOf(view) };
		return kept;
	};
	return [
		{
			name: "livesoak_first_hour",
			type: "gauge",
			help: "Figures of the first hour of the run, or of the run so far, in base units",
			labels: ["metric", "statistic"],
			read: ({ view }) => hourOf(view)?.series ?? [],
		},
		{
			name: "livesoak_first_hour_seconds",
			type: "gauge",
			help: "How much of the run is in livesoak_first_hour",
			labels: [],
			read: ({ view }) => {
				const hour = hourOf(view);
				return hour ? [{ labels: {}, value: hour.elapsedMs / 1_000 }] : [];
			},
		},
	];
}

function figuresOf({ totals }: RunView): Series[] {
	return distributionNames.flatMap((metric) => {
		const found = totals.distribution(metric);
		if (!found) return [];
		const base = baseUnits[found.unit];
		return [
			{ labels: { metric, statistic: "mean" }, value: found.mean * base },
			{ labels: { metric, statistic: "p95" }, value: found.percentile(95) * base },
		];
	});
}

const baseUnits: Readonly<Record<MetricUnit, number>> = { ms: 0.001, ratio: 1, mos: 1 };
