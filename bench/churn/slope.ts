import { fitLine } from "../../src/capacity/regression.js";

/** A value at a time (epoch ms). */
export interface Point {
	readonly atMs: number;
	readonly value: number;
}

/** A straight line's slope, per hour, with its 95 % confidence interval. */
export interface Slope {
	readonly perHour: number;
	readonly low: number;
	readonly high: number;
}

/**
 * Readings close to each other resemble each other (a participant stays for many of them), so single ones would
 * promise a far too narrow interval: the line is laid through the means of this many stretches of equal length.
 */
const stretches = 20;
const hourMs = 3_600_000;

/**
 * Least squares through the means of 20 equal stretches of time.
 * @returns undefined where a stretch has no reading
 */
export function slopeOf(points: readonly Point[]): Slope | undefined {
	const means = stretchMeans(points);
	if (!means) return undefined;
	const line = fitLine(means.map(({ hours, value }) => ({ x: hours, y: value })));
	return line && { perHour: line.slope, low: line.slopeLow, high: line.slopeHigh };
}

/** Mean time and value of each stretch. */
function stretchMeans(points: readonly Point[]): { hours: number; value: number }[] | undefined {
	const times = points.map(({ atMs }) => atMs);
	const fromMs = Math.min(...times);
	const width = (Math.max(...times) - fromMs) / stretches;
	if (!(width > 0)) return undefined;
	const within: Point[][] = Array.from({ length: stretches }, () => []);
	for (const point of points)
		within[Math.min(stretches - 1, Math.floor((point.atMs - fromMs) / width))]?.push(point);
	if (within.some((stretch) => stretch.length === 0)) return undefined;
	return within.map((stretch) => ({
		hours: meanOf(stretch.map(({ atMs }) => (atMs - fromMs) / hourMs)),
		value: meanOf(stretch.map(({ value }) => value)),
	}));
}

function meanOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `level`: no growth beyond the tolerance is in the interval. `unclear`: the readings allow both. */
export type Growth = "level" | "grows" | "unclear";

/** @param tolerancePerHour what is taken for no growth */
export function growthOf(slope: Slope | undefined, tolerancePerHour: number): Growth {
	if (!slope) return "unclear";
	if (slope.low > tolerancePerHour) return "grows";
	return slope.high <= tolerancePerHour ? "level" : "unclear";
}
