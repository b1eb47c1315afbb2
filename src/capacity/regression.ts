import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import Regression from "ml-regression-multivariate-linear";

/** A point of a chart: participants and a figure. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** `y = intercept + slope · f(x)`, with the 95 % confidence interval of the slope. */
export interface Fit {
	readonly intercept: number;
	readonly slope: number;
	readonly slopeLow: number;
	readonly slopeHigh: number;
	/** Sum of the squared residuals. */
	readonly residual: number;
	/** Share of the variance that the line explains. */
	readonly r2: number;
	readonly points: number;
}

/**
 * Ordinary least squares of y on one term of x; interval by Student's t.
 * @returns undefined for fewer than three different x
 */
export function fitLine(
	points: readonly Point[],
	term: (x: number) => number = (x) => x,
): Fit | undefined {
	if (new Set(points.map(({ x }) => x)).size < 3) return undefined;
	const { weights, errors, residual } = leastSquares(points, [term]);
	const [slope = 0, intercept = 0] = weights;
	const half = tQuantile(0.975, points.length - 2) * (errors[0] ?? 0);
	const mean = points.reduce((sum, { y }) => sum + y, 0) / points.length;
	const total = points.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
	return {
		...{ intercept, slope, slopeLow: slope - half, slopeHigh: slope + half, residual },
		...{ r2: total === 0 ? 1 : Math.max(0, 1 - residual / total), points: points.length },
	};
}

/**
 * Least squares with an intercept.
 * @returns weights and their standard errors in the order of the terms, the intercept last
 */
export function leastSquares(
	points: readonly Point[],
	terms: readonly ((x: number) => number)[],
): { weights: number[]; errors: number[]; residual: number } {
	// Terms of one size, or squares of thousands would drown the intercept in rounding errors.
	const scales = terms.map((term) => Math.max(...points.map(({ x }) => Math.abs(term(x)))) || 1);
	const rows = points.map(({ x }) => terms.map((term, i) => term(x) / (scales[i] ?? 1)));
	const model = new Regression(
		rows,
		points.map(({ y }) => [y]),
	);
	const residual = points.reduce(
		(sum, { y }, i) => sum + (y - (model.predict(rows[i] ?? [])[0] ?? 0)) ** 2,
		0,
	);
	const unscaled = (values: readonly number[]) =>
		values.map((value, i) => value / (scales[i] ?? 1));
	return {
		weights: unscaled(model.weights.map(([weight = 0]) => weight)),
		errors: unscaled(model.stdErrors.map((error) => (Number.isFinite(error) ? error : 0))),
		residual,
	};
}
