/** One reading of a figure, or the mean of several. */
export interface TrendPoint {
	readonly atMs: number;
	readonly value: number;
}

/** How a figure changes with time, in its unit an hour. */
export interface Slope {
	readonly perHour: number;
	/** Holds the true slope in 99 of 100 cases; narrower would cry wolf over several figures a run. */
	readonly interval: readonly [number, number];
	/** Median of the values. */
	readonly level: number;
}

/** Of the interval; z of the normal distribution, two-sided. */
export const confidence = 0.99;
const z = 2.575829;
/** Fewer say nothing about how far neighbours hang together. */
const fewestPoints = 20;
const msPerHour = 3_600_000;

/**
 * The Theil–Sen slope (median of the slopes between all pairs: a spike does not bend it) with Sen's interval from
 * the variance of Kendall's S (Sen 1968). The variance is widened by the lag-1 autocorrelation of what the line
 * leaves over, (1 + r) / (1 − r) (Yue and Wang 2004): memory and jitter wander, and neighbours that resemble each
 * other are not so many readings.
 * @param points in order of time; quadratic in their number, so some hundred at most
 * @returns undefined of fewer than 20 points, or of points all at one time
 */
export function slopeOf(points: readonly TrendPoint[]): Slope | undefined {
	if (points.length < fewestPoints) return undefined;
	const slopes = pairSlopes(points);
	if (slopes.length === 0) return undefined;
	const perMs = median(slopes);
	const values = points.map(({ value }) => value);
	const left = points.map(({ atMs, value }) => value - perMs * atMs);
	const n = points.length;
	const deviation = Math.sqrt(((n * (n - 1) * (2 * n + 5)) / 18) * inflation(left));
	const last = slopes.length - 1;
	const rank = (side: number) =>
		Math.min(last, Math.max(0, Math.round((slopes.length + side * z * deviation) / 2 - 0.5)));
	const at = (index: number) => (slopes[index] ?? perMs) * msPerHour;
	return {
		perHour: perMs * msPerHour,
		interval: [at(rank(-1)), at(rank(1))],
		level: median(values.toSorted((a, b) => a - b)),
	};
}

/** Slopes of all pairs, rising. */
function pairSlopes(points: readonly TrendPoint[]): number[] {
	const slopes: number[] = [];
	for (const [index, a] of points.entries()) {
		for (const b of points.slice(index + 1))
			if (b.atMs > a.atMs) slopes.push((b.value - a.value) / (b.atMs - a.atMs));
	}
	return slopes.sort((a, b) => a - b);
}

/** By how much the variance is larger than that of as many independent readings; at least 1. */
function inflation(left: readonly number[]): number {
	const n = left.length;
	const mean = left.reduce((sum, value) => sum + value, 0) / n;
	let own = 0;
	let next = 0;
	for (const [index, value] of left.entries()) {
		own += (value - mean) ** 2;
		next += (value - mean) * ((left[index + 1] ?? mean) - mean);
	}
	if (own === 0) return 1;
	// A short series shows less of it than there is (Kendall 1954).
	const r = next / own;
	const unbiased = Math.min(0.98, r + (1 + 4 * r) / n);
	return unbiased > 0 ? (1 + unbiased) / (1 - unbiased) : 1;
}

/** @param sorted rising, not empty */
export function median(sorted: readonly number[]): number {
	const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
	return (upper + lower) / 2;
}
