/** Smallest, middle and largest of some readings. */
export interface Spread {
	readonly min: number;
	readonly median: number;
	readonly max: number;
}

/** Undefined for no readings. */
export function spreadOf(readings: readonly number[]): Spread | undefined {
	// Puts -0 before 0, which a comparison by difference leaves as they came.
	const sorted = Float64Array.from(readings).sort();
	const [min, max] = [sorted.at(0), sorted.at(-1)];
	if (min === undefined || max === undefined) return undefined;
	const below = sorted[(sorted.length - 1) >> 1] ?? min;
	const above = sorted[sorted.length >> 1] ?? max;
	return { min, median: (below + above) / 2, max };
}

/**
 * The ratios of readings taken side by side, pair by pair: what disturbs the machine for a while disturbs
 * both halves of a pair, and so falls out. Pairs with a reading missing, or a zero below, are left out.
 */
export function pairedRatios(
	pairs: readonly (readonly [above: number | undefined, below: number | undefined])[],
): number[] {
	return pairs.flatMap(([above, below]) =>
		above === undefined || below === undefined || below === 0 ? [] : [above / below],
	);
}

/** Who goes first in a pair: A B, B A, A B … so that a drift of the machine favours neither. */
export function turnsOf<T>(first: T, second: T, pair: number): readonly [T, T] {
	return pair % 2 === 0 ? [first, second] : [second, first];
}
