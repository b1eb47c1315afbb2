import type { TrendPoint } from "./slope.js";

/** So many bins at most: a slope over them is a few thousand pairs. */
const mostBins = 120;
const firstWidthMs = 10_000;

interface Bin {
	sum: number;
	weight: number;
	/** Of the times, weighted as the values are. */
	atSum: number;
}

/**
 * The course of one figure in bounded memory, however long the run: means over equal stretches of time, which are
 * doubled when there are too many of them. Means are exact: weights are packets, joins or readings.
 */
export class TrendSeries {
	#widthMs = firstWidthMs;
	#startMs: number | undefined;
	#lastMs = 0;
	#bins = new Map<number, Bin>();

	/** @param weight how much the reading counts; without any it is no reading */
	add(atMs: number, sum: number, weight: number): void {
		if (!(weight > 0) || !Number.isFinite(sum)) return;
		this.#startMs ??= atMs;
		this.#lastMs = atMs;
		const index = Math.floor((atMs - this.#startMs) / this.#widthMs);
		const bin = this.#bins.get(index) ?? { sum: 0, weight: 0, atSum: 0 };
		bin.sum += sum;
		bin.weight += weight;
		bin.atSum += atMs * weight;
		this.#bins.set(index, bin);
		while (this.#bins.size > mostBins) this.#double();
	}

	/** From now on it is about something else: the process was started anew. */
	restart(): void {
		this.#widthMs = firstWidthMs;
		this.#startMs = undefined;
		this.#bins = new Map();
	}

	/** When it began and when the last reading was; undefined without one. */
	get span(): { readonly fromMs: number; readonly untilMs: number } | undefined {
		return this.#startMs === undefined
			? undefined
			: { fromMs: this.#startMs, untilMs: this.#lastMs };
	}

	/** In order of time. */
	points(): TrendPoint[] {
		return [...this.#bins]
			.sort(([a], [b]) => a - b)
			.map(([, { sum, weight, atSum }]) => ({ atMs: atSum / weight, value: sum / weight }));
	}

	#double(): void {
		this.#widthMs *= 2;
		const wider = new Map<number, Bin>();
		for (const [index, bin] of this.#bins) {
			const half = Math.floor(index / 2);
			const into = wider.get(half);
			if (!into) wider.set(half, bin);
			else {
				into.sum += bin.sum;
				into.weight += bin.weight;
				into.atSum += bin.atSum;
			}
		}
		this.#bins = wider;
	}
}
