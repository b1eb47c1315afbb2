import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import { fitLine, leastSquares, type Point } from "./regression.js";

/** From where on a figure rises faster than before. */
export interface Knee {
	/** Participants. */
	readonly at: number;
	/** Rise for one more participant before and after it. */
	readonly before: number;
	readonly after: number;
}

const leastPoints = 5;
/** The bend must explain at least this share of what one straight line leaves unexplained. */
const leastGain = 0.5;
const level = 0.99;

/**
 * The continuous piecewise-linear fit with one breakpoint (Hudson, Fitting segmented curves, 1966), the breakpoint
 * looked for among the x that were measured.
 * @returns undefined where a straight line does as well, or where the figure bends downwards
 */
export function findKnee(points: readonly Point[]): Knee | undefined {
	const distinct = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
	const line = fitLine(points);
	if (distinct.length < leastPoints || line === undefined) return undefined;
	const size = points.reduce((sum, { y }) => sum + y * y, 0);
	// A straight line but for rounding.
	if (line.residual <= 1e-12 * size) return undefined;
	const bends = distinct.slice(1, -1).map((at) => {
		const fit = leastSquares(points, [(x) => x, (x) => Math.max(0, x - at)]);
		return { at, ...fit };
	});
	const best = bends.reduce((a, b) => (b.residual < a.residual ? b : a), {
		...{ at: 0, weights: [0], errors: [0], residual: Number.POSITIVE_INFINITY },
	});
	const [before = 0, bend = 0] = best.weights;
	const needed = tQuantile(level, points.length - 3) * (best.errors[1] ?? 0);
	const isBend = best.residual <= (1 - leastGain) * line.residual && bend > needed;
	return isBend ? { at: best.at, before, after: before + bend } : undefined;
}
