import { leastThatMatters, sizeText, type TrendFigure } from "./figures.js";
import { confidence, type Slope, slopeOf, type TrendPoint } from "./slope.js";
import { shortestHoldMs } from "./steady.js";

/** How one figure went over the steady part of a run. */
export interface Trend {
	readonly figure: TrendFigure["name"];
	/** Of `level`, and an hour of `perHour` and `interval`. */
	readonly unit: TrendFigure["unit"];
	readonly level: number;
	readonly perHour: number;
	readonly interval: [number, number];
	/** What was looked at, in milliseconds from the start of the run. */
	readonly fromMs: number;
	readonly untilMs: number;
	/** It gets worse (of each figure: grows) for sure, by a size that matters, and has not stopped to. */
	readonly drifts: boolean;
	readonly text: string;
}

/** The warm-up is left out of a hold of five minutes, too. */
const shortestSpanMs = 0.85 * shortestHoldMs;
/** Servers and runtimes still fill their heaps in the first half hour. */
const warmWithinMs = 30 * 60_000;
/** What slows down to less than this share of its slope is filling up, not leaking. */
const goesOnShare = 1 / 2;

/**
 * What the course of a figure says.
 * @param points in order of time
 * @returns undefined where they are too few or span too little time
 */
export function trendOf(
	figure: TrendFigure,
	points: readonly TrendPoint[],
	span: { readonly fromMs: number; readonly untilMs: number },
): Trend | undefined {
	if (span.untilMs - span.fromMs < shortestSpanMs) return undefined;
	const slope = slopeOf(points);
	if (!slope) return undefined;
	const { perHour, interval, level } = slope;
	const least = leastThatMatters(figure, level);
	const isSure = interval[0] > 0 || interval[1] < 0;
	const matters = Math.abs(perHour) >= least;
	const goesOn = doesGoOn(points, slope);
	const changes = isSure && matters && goesOn;
	const drifts = changes && perHour > 0;
	const spanMs = span.untilMs - span.fromMs;
	const isYoung = drifts && figure.unit === "bytes" && spanMs < warmWithinMs;
	const head = `${figure.title}: `;
	const range = `${Math.round(confidence * 100)} % interval ${signed(figure, interval[0])} to ${signed(figure, interval[1])}`;
	const size = sizeText(figure.unit, perHour);
	const text = changes
		? `${perHour > 0 ? "grows" : "falls"} by ${size} an hour (${range})${isYoung ? youngText(spanMs) : ""}`
		: isSure && matters
			? `changed, and may have settled (${range} an hour; its second half alone does not show it)`
			: Math.max(Math.abs(interval[0]), Math.abs(interval[1])) < least
				? `steady (${range} an hour; less than ${sizeText(figure.unit, least)} is of no matter)`
				: `no drift that could be told from its ups and downs (${range} an hour)`;
	return {
		...{ figure: figure.name, unit: figure.unit, level, perHour },
		interval: [interval[0], interval[1]],
		...span,
		...{ drifts, text: head + text },
	};
}

function youngText(spanMs: number): string {
	return `; seen for ${Math.round(spanMs / 60_000)} minutes only: it may still be warming up`;
}

/** In its second half it still changes the same way, for sure, and not much more slowly. */
function doesGoOn(points: readonly TrendPoint[], { perHour }: Slope): boolean {
	const later = points.slice(Math.floor(points.length / 2));
	// Too short to be halved: the whole has to do.
	const half = slopeOf(later);
	if (half === undefined) return true;
	const [low, high] = half.interval;
	return half.perHour / perHour >= goesOnShare && (low > 0 || high < 0);
}

function signed({ unit }: TrendFigure, value: number): string {
	return `${value < 0 ? "−" : "+"}${sizeText(unit, value)}`;
}
