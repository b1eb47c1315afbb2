import type { Trial } from "./search.js";

export interface Interval {
	readonly low: number;
	/** null: nothing was seen to break, so there is no upper end. */
	readonly high: number | null;
}

/** Some runs pass or fail whatever the count: a hiccup of the network, of the machine. */
const lapse = 0.02;
/** Widths of the edge, in natural logarithms of the count: from a hard limit to a soft one. Equally likely. */
const softness = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const gridPoints = 1_000;
const tail = 0.025;

/**
 * 95 % credible interval of the limit, by Bayes' rule: a run of n passes with probability
 * 2 % + 96 % · logistic(ln(limit / n) / s), every limit (on a logarithmic scale) and every softness s in a list
 * being as likely beforehand; s is summed out. It is the fit of a psychometric function (Kuss, Jäkel, Wichmann:
 * Bayesian inference for psychometric functions, Journal of Vision 5, 2005), the same question: from which
 * strength on is the answer "no". Never narrower than what was not looked at between `holds` and `breaks`.
 * @param trials invalid ones say nothing about the server and are left out
 * @param grid distance between neighbouring counts
 */
export function credibleInterval(
	trials: readonly Trial[],
	bracket: { readonly holds: number; readonly breaks: number | undefined },
	grid = 1,
): Interval {
	const { holds, breaks } = bracket;
	const told = trials.filter(({ outcome }) => outcome !== "invalid");
	const failed = told.filter(({ outcome }) => outcome === "failed").map(({ count }) => count);
	if (holds === 0 && breaks !== undefined) return { low: 0, high: Math.max(0, breaks - grid) };
	const counts = told.map(({ count }) => count);
	if (counts.length === 0) return { low: 0, high: null };

	const from = Math.log(Math.min(...counts) / 2);
	const to = Math.log(Math.max(...counts) * 2);
	const limits = Array.from(
		{ length: gridPoints },
		(_, i) => from + ((to - from) * i) / (gridPoints - 1),
	);
	const weights = limits.map((limit) =>
		softness.reduce((sum, s) => sum + likelihood(told, limit, s), 0),
	);
	const low = Math.min(holds, Math.floor(Math.exp(quantile(limits, weights, tail))));
	if (failed.length === 0 || breaks === undefined) return { low, high: null };
	const high = Math.ceil(Math.exp(quantile(limits, weights, 1 - tail)));
	return { low, high: Math.max(breaks - grid, holds, high) };
}

function likelihood(trials: readonly Trial[], lnLimit: number, s: number): number {
	return trials.reduce((product, { count, outcome }) => {
		const passes = lapse + (1 - 2 * lapse) / (1 + Math.exp((Math.log(count) - lnLimit) / s));
		return product * (outcome === "passed" ? passes : 1 - passes);
	}, 1);
}

function quantile(values: readonly number[], weights: readonly number[], share: number): number {
	const wanted = share * weights.reduce((sum, weight) => sum + weight, 0);
	let sum = 0;
	for (const [i, weight] of weights.entries()) {
		sum += weight;
		if (sum >= wanted) return values[i] ?? 0;
	}
	return values.at(-1) ?? 0;
}
