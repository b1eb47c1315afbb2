import {
	counters,
	distributions,
	isCounterName,
	isDistributionName,
	type MetricUnit,
} from "../aggregate/catalogue.js";
import { nearest } from "../error/nearest.js";
import { stages } from "../sample/stage.js";
import { ThresholdError } from "./threshold-error.js";

/** The figure of a metric that a threshold looks at. */
export type Statistic =
	| { readonly kind: "percentile"; readonly p: number }
	| { readonly kind: "min" | "max" | "mean" | "count" | "ratio" | "failed" };

/** What a threshold's value must be: the metric's unit, or a plain whole number. */
export type ValueUnit = MetricUnit | "count";

/** k6's words for the same figures. */
const synonyms: Readonly<Record<string, string>> = { avg: "mean", rate: "ratio", med: "p50" };

const plainKinds = ["min", "max", "mean", "count", "ratio", "failed"] as const;

/**
 * Reads a statistic and checks that the metric has it.
 * @returns the statistic and the unit its values have
 * @throws ThresholdError
 */
export function parseStatistic(
	metric: string,
	text: string,
): { readonly statistic: Statistic; readonly unit: ValueUnit } {
	const allowed = statisticsOf(metric);
	const word = synonyms[text.toLowerCase()] ?? text.toLowerCase();
	const statistic = readStatistic(word);
	if (statistic === undefined) {
		throw new ThresholdError(
			`unknown statistic "${text}"`,
			meantOrKnown(text, ["p50", "p95", "p99", "p99.9", ...plainKinds, ...Object.keys(synonyms)]),
		);
	}
	if (!allowed.includes(statistic.kind)) {
		const offered = allowed.map((kind) => (kind === "percentile" ? "p50 … p99.9" : kind));
		throw new ThresholdError(
			`${metric} has no statistic "${text}"`,
			`it has ${offered.join(", ")}`,
		);
	}
	return { statistic, unit: unitOf(metric, statistic) };
}

/** @throws ThresholdError for a metric that does not exist */
function statisticsOf(metric: string): readonly Statistic["kind"][] {
	if (isCounterName(metric)) return ["count"];
	if (!isDistributionName(metric)) {
		throw new ThresholdError(
			`unknown metric "${metric}"`,
			meantOrKnown(metric, [...Object.keys(distributions), ...Object.keys(counters)]),
		);
	}
	const common = ["percentile", "min", "max", "mean", "count"] as const;
	if (distributions[metric].kind === "ratio") return [...common, "ratio"];
	// A join fails at a stage, not at one of its peer connections.
	const isStage = stages.some((stage) => metric === `connect.${stage}`);
	return isStage || metric === "recovery.media" ? [...common, "failed"] : common;
}

function readStatistic(word: string): Statistic | undefined {
	const kind = plainKinds.find((plain) => plain === word);
	if (kind !== undefined) return { kind };
	const [, bare, inBrackets] = /^p(?:(\d+(?:\.\d+)?)|\(\s*(\d+(?:\.\d+)?)\s*\))$/.exec(word) ?? [];
	const digits = bare ?? inBrackets;
	if (digits === undefined) return undefined;
	const p = Number(digits);
	if (p > 0 && p < 100) return { kind: "percentile", p };
	throw new ThresholdError(
		`there is no percentile ${digits}`,
		"write p50 … p99.9, or min or max for the ends",
	);
}

function unitOf(metric: string, { kind }: Statistic): ValueUnit {
	if (kind === "count") return "count";
	if (kind === "ratio" || kind === "failed") return "ratio";
	return isDistributionName(metric) ? distributions[metric].unit : "count";
}

function meantOrKnown(word: string, known: readonly string[]): string {
	const meant = nearest(word, known);
	return meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
}
