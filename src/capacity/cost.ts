import { type Fit, fitLine, type Point } from "./regression.js";

/** A value with its 95 % confidence interval. */
export interface Estimate {
	readonly value: number;
	readonly low: number;
	readonly high: number;
}

/**
 * How a figure grows with participants. Quadratic: where publishers and listeners both become more, packets do so by
 * their product, and one more participant costs more the more there are.
 */
export type CostModel = "linear" | "quadratic";

/** What one more participant costs, at the limit where it is not the same everywhere. */
export interface Cost extends Estimate {
	readonly model: CostModel;
	readonly r2: number;
	/** Runs it is taken from. */
	readonly points: number;
	readonly fit: Fit;
}

const terms = { linear: (x: number) => x, quadratic: (x: number) => x * x } as const;

/** The model that was not expected must leave less than this share of the other's residual. */
const clearlyBetter = 0.5;

/**
 * The cost of one more participant when there are `at`, from a straight line or a parabola through the runs.
 * @param expected from what the server has to do; the runs of one search are often too close together to tell the
 *   two apart, and far from them (an extrapolation) the wrong one is badly wrong. Kept unless clearly worse.
 * @returns undefined for fewer than three different numbers of participants
 */
export function costOf(
	points: readonly Point[],
	at: number,
	expected: CostModel,
): Cost | undefined {
	const linear = fitLine(points, terms.linear);
	const quadratic = fitLine(points, terms.quadratic);
	if (linear === undefined || quadratic === undefined) return undefined;
	const isBent =
		expected === "linear"
			? quadratic.residual < clearlyBetter * linear.residual
			: !(linear.residual < clearlyBetter * quadratic.residual);
	const fit = isBent ? quadratic : linear;
	const each = isBent ? 2 * at : 1;
	return {
		...{ value: fit.slope * each, low: fit.slopeLow * each, high: fit.slopeHigh * each },
		...{ model: isBent ? "quadratic" : "linear", r2: fit.r2, points: fit.points, fit },
	};
}

/**
 * How many participants there are when the figure is `more` above what it is at `from`.
 * @param slope of the fit, or an end of its interval; null where it is not above 0: there is no such number
 */
export function reach(model: CostModel, from: number, more: number, slope: number): number | null {
	if (slope <= 0) return null;
	return model === "linear" ? from + more / slope : Math.sqrt(from * from + more / slope);
}
