/** A moment at which the gate looks at what it has. */
export interface Look {
	/** Rounds of each side that there are by then. */
	readonly pairs: number;
	/** The share of the whole error level that this look may use up. */
	readonly level: number;
}

/** Each look has about so many times the rounds of the one before: more looks cost more level than they save time. */
const growth = 1.4;

/**
 * When to look, and how much of the error level each look spends: in proportion to the rounds that came since the
 * one before (the power family of Kim and DeMets 1987, exponent 1). Levels add up to `alpha`, so that by Bonferroni
 * the chance of a false alarm at any look is at most `alpha`, whatever the distribution.
 * @param minPairs of the first look, at least 2
 */
export function looksOf(minPairs: number, maxPairs: number, alpha: number): Look[] {
	const sizes: number[] = [];
	for (let pairs = minPairs; pairs < maxPairs; pairs = Math.ceil(pairs * growth)) sizes.push(pairs);
	sizes.push(maxPairs);
	return sizes.map((pairs, index) => {
		const since = pairs - (sizes[index - 1] ?? 0);
		return { pairs, level: (alpha * since) / maxPairs };
	});
}
