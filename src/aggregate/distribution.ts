import {
	type DistributionName,
	distributions,
	type MetricUnit,
	ticksPerUnit,
} from "./catalogue.js";
import {
	build,
	decodeFromCompressedBase64,
	encodeIntoCompressedBase64,
	JsHistogram,
} from "./hdr.js";
import type { DistributionSnapshot } from "./snapshot.js";

/** What a distribution says, in the metric's unit. Live: read it at once, keep nothing of it. */
export interface DistributionView {
	readonly unit: MetricUnit;
	/** Readings, or windows of a ratio. At least 1. */
	readonly count: number;
	/** Exact sum of the readings; for a ratio the sum of the numerators. */
	readonly sum: number;
	/** Exact: the number of readings; for a ratio the sum of the denominators. */
	readonly denominator: number;
	/** Exact, not bucketed; the smallest window of a ratio can be negative (see `recordRatio`). */
	readonly min: number;
	readonly max: number;
	/** Exact: sum / denominator. For a ratio that weighs windows by their size, as it should. */
	readonly mean: number;
	/** Nearest-rank percentile, 0 < p <= 100, within 0.1 % of the true reading and within min..max. */
	percentile(p: number): number;
	/** Readings at or below `limit`, to the 0.1 % of the histogram: cumulative Prometheus buckets. */
	countAtOrBelow(limit: number): number;
}

const significantDigits = 3;
/** The library finds buckets by floating-point log2, exact below this: 203 days in microseconds. */
const highestTick = 2 ** 44 - 1;
const smallestTop = 2 ** 12 - 1;

/**
 * A mergeable distribution: HDR histogram for percentiles, integer sums for the mean, exact extremes.
 *
 * The library's own auto-resize is not used: it leaves a range that depends on the order of calls, and
 * the range is part of the encoded form. Here the range is always the power of two above the largest
 * reading, so equal contents encode equally however they were split. Counts are 64-bit floats (exact
 * to 2^53): the library's 32-bit counts wrap around in silence.
 */
export class Distribution implements DistributionView {
	readonly unit: MetricUnit;
	readonly #ratio: boolean;
	readonly #ticks: number;
	#histogram: JsHistogram = emptyHistogram(smallestTop);
	#numerator = 0;
	#denominator = 0;
	#min = Number.POSITIVE_INFINITY;
	#max = Number.NEGATIVE_INFINITY;

	constructor(readonly name: DistributionName) {
		this.unit = distributions[name].unit;
		this.#ratio = distributions[name].kind === "ratio";
		this.#ticks = ticksPerUnit[this.unit];
	}

	/** @throws RangeError when the value is not a finite number */
	record(value: number): void {
		const tick = this.#toTick(value);
		this.#numerator += tick;
		this.#denominator += 1;
		this.#enter(tick);
	}

	/**
	 * Adds one window of a ratio; both parts are counts or whole milliseconds and are rounded to
	 * integers. The sums stay signed, so a negative loss (packets that came late after all)
	 * takes back what an earlier window counted; only the *histogram* entry of such a window is 0.
	 * A window without denominator adds to the sums alone: it has no ratio.
	 * @throws RangeError when a part is not a finite number
	 */
	recordRatio(numerator: number, denominator: number): void {
		const [above, below] = [this.#finite(numerator), this.#finite(denominator)].map(Math.round) as [
			number,
			number,
		];
		this.#numerator += above;
		this.#denominator += below;
		if (below > 0) this.#enter(this.#toTick(above / below));
	}

	/** Adds what another process or second has recorded. */
	merge(snapshot: DistributionSnapshot): void {
		const other = decodeFromCompressedBase64(snapshot.hdr, 64);
		if (!(other instanceof JsHistogram)) throw new TypeError("expected a plain HDR histogram");
		this.#cover(other.highestTrackableValue);
		this.#histogram.add(other);
		this.#numerator += snapshot.numerator;
		this.#denominator += snapshot.denominator;
		if (other.totalCount === 0) return;
		this.#min = Math.min(this.#min, snapshot.min);
		this.#max = Math.max(this.#max, snapshot.max);
	}

	/** Equal contents give equal snapshots. Extremes are 0 while there is no reading. */
	snapshot(): DistributionSnapshot {
		const empty = this.count === 0;
		return {
			hdr: encodeIntoCompressedBase64(this.#histogram),
			numerator: this.#numerator,
			denominator: this.#denominator,
			min: empty ? 0 : this.#min,
			max: empty ? 0 : this.#max,
		};
	}

	get count(): number {
		return this.#histogram.totalCount;
	}

	get sum(): number {
		return this.#ratio ? this.#numerator : this.#numerator / this.#ticks;
	}

	get denominator(): number {
		return this.#denominator;
	}

	get min(): number {
		return this.#min / this.#ticks;
	}

	get max(): number {
		return this.#max / this.#ticks;
	}

	get mean(): number {
		return this.#denominator > 0 ? this.sum / this.#denominator : 0;
	}

	percentile(p: number): number {
		if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile must be 0 to 100, not ${p}`);
		if (p === 100) return this.max;
		const tick = this.#histogram.getValueAtPercentile(p);
		return Math.min(Math.max(tick, this.#min), this.#max) / this.#ticks;
	}

	countAtOrBelow(limit: number): number {
		const tick = Math.round(limit * this.#ticks);
		if (tick < 0) return 0;
		if (tick > this.#histogram.highestTrackableValue) return this.count;
		const last = this.#histogram.countsArrayIndex(tick);
		let count = 0;
		for (let index = 0; index <= last; index++) count += this.#histogram.getCountAtIndex(index);
		return count;
	}

	#enter(tick: number): void {
		const entry = Math.min(Math.max(tick, 0), highestTick);
		this.#cover(entry);
		this.#histogram.recordValue(entry);
		this.#min = Math.min(this.#min, tick);
		this.#max = Math.max(this.#max, tick);
	}

	#cover(tick: number): void {
		if (tick <= this.#histogram.highestTrackableValue) return;
		const wider = emptyHistogram(2 ** Math.ceil(Math.log2(tick + 1)) - 1);
		wider.add(this.#histogram);
		this.#histogram = wider;
	}

	#toTick(value: number): number {
		// `+ 0` turns -0 into 0, which JSON would do behind our back.
		return Math.round(this.#finite(value) * this.#ticks) + 0;
	}

	#finite(value: number): number {
		if (!Number.isFinite(value)) throw new RangeError(`${this.name}: ${value} is not a reading`);
		return value;
	}
}

function emptyHistogram(top: number): JsHistogram {
	const histogram = build({
		...{ bitBucketSize: 64, autoResize: false, numberOfSignificantValueDigits: significantDigits },
		...{ lowestDiscernibleValue: 1, highestTrackableValue: top },
	});
	if (!(histogram instanceof JsHistogram)) throw new TypeError("expected a plain HDR histogram");
	return histogram;
}
