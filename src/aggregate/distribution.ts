import {
	type DistributionName,
	distributions,
	type MetricUnit,
	ticksPerUnit,
} from "./catalogue.js";
import { decode, encodeCompressed, encodePlain } from "./hdr-form.js";
import { Histogram, highestValue } from "./histogram.js";
import type { DistributionSnapshot, SnapshotForm } from "./snapshot.js";

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

/**
 * A mergeable distribution: HDR histogram for percentiles, integer sums for the mean, exact extremes. Equal contents
 * encode equally however they were split.
 */
export class Distribution implements DistributionView {
	readonly unit: MetricUnit;
	readonly #ratio: boolean;
	readonly #ticks: number;
	readonly #histogram: Histogram;
	#numerator = 0;
	#denominator = 0;
	#min = Number.POSITIVE_INFINITY;
	#max = Number.NEGATIVE_INFINITY;

	constructor(
		readonly name: DistributionName,
		histogram = new Histogram(),
	) {
		this.#histogram = histogram;
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

	/**
	 * Adds what another process or second has recorded.
	 * @throws RangeError when its histogram cannot be read; nothing is added then
	 */
	merge(other: DistributionSnapshot | Distribution): void {
		const from = other instanceof Distribution ? other : Distribution.of(this.name, other);
		this.#histogram.merge(from.#histogram);
		this.#numerator += from.#numerator;
		this.#denominator += from.#denominator;
		this.#min = Math.min(this.#min, from.#min);
		this.#max = Math.max(this.#max, from.#max);
	}

	/** @throws RangeError when the histogram cannot be read */
	static of(name: DistributionName, snapshot: DistributionSnapshot): Distribution {
		const found = new Distribution(name, decode(snapshot.hdr));
		found.#numerator = snapshot.numerator;
		found.#denominator = snapshot.denominator;
		if (found.count === 0) return found;
		found.#min = snapshot.min;
		found.#max = snapshot.max;
		return found;
	}

	/**
	 * Equal contents give equal snapshots of one form. Extremes are 0 while there is no reading.
	 * @param form `disk`: compressed; `wire`: plain, for what is read again at once
	 */
	snapshot(form: SnapshotForm = "disk"): DistributionSnapshot {
		const empty = this.count === 0;
		return {
			hdr: form === "disk" ? encodeCompressed(this.#histogram) : encodePlain(this.#histogram),
			numerator: this.#numerator,
			denominator: this.#denominator,
			min: empty ? 0 : this.#min,
			max: empty ? 0 : this.#max,
		};
	}

	get count(): number {
		return this.#histogram.total;
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
		const tick = this.#histogram.percentile(p);
		return Math.min(Math.max(tick, this.#min), this.#max) / this.#ticks;
	}

	countAtOrBelow(limit: number): number {
		return this.#histogram.countUpTo(Math.round(limit * this.#ticks));
	}

	#enter(tick: number): void {
		this.#histogram.record(Math.min(Math.max(tick, 0), highestValue));
		this.#min = Math.min(this.#min, tick);
		this.#max = Math.max(this.#max, tick);
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
