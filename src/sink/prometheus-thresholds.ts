import type { ThresholdResult } from "../verdict/evaluate.js";
import { parseThreshold } from "../verdict/threshold.js";
import type { PlainMetric } from "./prometheus-catalogue.js";

/** The thresholds of the scenario: how they stand, and the lines that dashboards draw. */
export const thresholdMetrics: readonly PlainMetric[] = [
	onThreshold(
		"livesoak_threshold_ok",
		"1 while the threshold holds, 0 while it fails or has nothing to observe",
		({ ok }) => (ok ? 1 : 0),
	),
	onThreshold(
		"livesoak_threshold_observed",
		"What the threshold looks at, in base units; absent while there is nothing to observe",
		({ observed, unit }) => (observed === undefined ? undefined : based(observed, unit)),
	),
	onThreshold(
		"livesoak_threshold_limit",
		"The value that the threshold compares with, in base units",
		({ metric, expression, unit }) => based(parseThreshold(metric, expression).limit, unit),
	),
];

function onThreshold(
	name: string,
	help: string,
	value: (result: ThresholdResult) => number | undefined,
): PlainMetric {
	return {
		...{ name, type: "gauge", help, labels: ["metric", "expression"] },
		read: ({ view }) =>
			(view?.thresholds ?? []).flatMap((result) => {
				const { metric, expression } = result;
				const found = value(result);
				return found === undefined ? [] : [{ labels: { metric, expression }, value: found }];
			}),
	};
}

/** Prometheus wants seconds; ratios, counts and MOS stay. */
function based(value: number, unit: string): number {
	return unit === "ms" ? value / 1_000 : value;
}
