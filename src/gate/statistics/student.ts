import studentCdf from "@stdlib/stats-base-dists-t-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";

const quantiles = new Map<string, number>();

/** Probability of a |t| at least this large where there is no difference. Infinite `t` gives 0. */
export function twoSidedP(t: number, degreesOfFreedom: number): number {
	return 2 * studentCdf(-Math.abs(t), degreesOfFreedom);
}

/**
 * The `t` that Student's distribution stays below with this probability, 0 < probability < 1.
 * Remembered: a gate asks for the same few over and over.
 */
export function studentT(probability: number, degreesOfFreedom: number): number {
	const key = `${probability} ${degreesOfFreedom}`;
	let t = quantiles.get(key);
	if (t === undefined) {
		t = studentQuantile(probability, degreesOfFreedom);
		quantiles.set(key, t);
	}
	return t;
}
