/** The mean of "candidate less baseline" over rounds, and how well it is known. In the figure's unit. */
export interface Difference {
	readonly effect: number;
	/** Standard deviation of one pair's difference: what `pairsNeeded` plans with. */
	readonly deviation: number;
	readonly standardError: number;
	readonly degreesOfFreedom: number;
	readonly test: "paired t" | "Welch t";
}

export interface ValuePair {
	readonly baseline: number;
	readonly candidate: number;
}

/**
 * Of rounds that were run side by side: what the machine did to both cancels out.
 *
 * Where two equal servers are compared, either order of a pair is as likely, so the differences are symmetric around
 * 0: the case in which Student's t holds its level also for long tails (it errs towards "unknown").
 * @param smallestDeviation the deviation is never taken to be smaller: a few equal readings are no proof of none
 * @returns undefined for less than two pairs
 */
export function pairedDifference(
	pairs: readonly ValuePair[],
	smallestDeviation: number,
): Difference | undefined {
	if (pairs.length < 2) return undefined;
	const differences = pairs.map(({ baseline, candidate }) => candidate - baseline);
	const deviation = Math.max(Math.sqrt(variance(differences)), smallestDeviation);
	return {
		effect: mean(differences),
		...{ deviation, standardError: deviation / Math.sqrt(pairs.length) },
		...{ degreesOfFreedom: pairs.length - 1, test: "paired t" },
	};
}

/**
 * Of rounds that were not run side by side, such as those of a stored baseline. Welch 1947, degrees of freedom by
 * Welch–Satterthwaite.
 * @param smallestDeviation of a pair's difference, as in `pairedDifference`
 * @returns undefined for less than two rounds of a side
 */
export function independentDifference(
	baseline: readonly number[],
	candidate: readonly number[],
	smallestDeviation: number,
): Difference | undefined {
	if (baseline.length < 2 || candidate.length < 2) return undefined;
	const smallest = smallestDeviation ** 2 / 2;
	const [a, b] = [baseline, candidate].map((values) => {
		const spread = Math.max(variance(values), smallest);
		return { spread, ofMean: spread / values.length, free: values.length - 1 };
	}) as [Share, Share];
	const ofDifference = a.ofMean + b.ofMean;
	return {
		effect: mean(candidate) - mean(baseline),
		deviation: Math.sqrt(a.spread + b.spread),
		standardError: Math.sqrt(ofDifference),
		degreesOfFreedom: ofDifference ** 2 / (a.ofMean ** 2 / a.free + b.ofMean ** 2 / b.free),
		test: "Welch t",
	};
}

interface Share {
	readonly spread: number;
	readonly ofMean: number;
	readonly free: number;
}

/** 0 of no values. */
export function mean(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
	const middle = mean(values);
	return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
