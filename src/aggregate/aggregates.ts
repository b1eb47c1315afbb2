import {
	type CounterLabels,
	type CounterName,
	type DistributionName,
	isDistributionName,
	type RatioName,
	ticksPerUnit,
	type ValueName,
} from "./catalogue.js";
import { Distribution, type DistributionView } from "./distribution.js";
import { parseSeriesKey, seriesKey } from "./series-key.js";
import type { AggregatesSnapshot, SnapshotForm } from "./snapshot.js";

/** One series of a counter with its value. */
export interface SeriesValue<N extends CounterName> {
	readonly labels: CounterLabels<N>;
	readonly value: number;
}

/** A distribution as summary.json shows it: figures in `unit`, `hdr` in integers of `hdrStep` units. */
export interface DistributionSummary {
	readonly unit: string;
	readonly count: number;
	readonly min: number;
	readonly mean: number;
	readonly p50: number;
	readonly p90: number;
	readonly p95: number;
	readonly p99: number;
	readonly p999: number;
	readonly max: number;
	readonly hdr: string;
	readonly hdrStep: number;
	/** Of a ratio: the exact sums, mean = numerator / denominator. */
	readonly numerator?: number;
	readonly denominator?: number;
}

/**
 * The counters and distributions of a process, a second or a whole run. Merging is exact, associative
 * and commutative, so it does not matter how the samples were split over workers and seconds.
 */
export class Aggregates {
	readonly #counters = new Map<string, number>();
	readonly #distributions = new Map<DistributionName, Distribution>();

	/** Adds `n` (an integer, negative only for what was lost and came late) to one series. */
	add<N extends CounterName>(counter: N, labels: CounterLabels<N>, n = 1): void {
		if (!Number.isSafeInteger(n)) throw new RangeError(`counter ${counter}: cannot add ${n}`);
		this.#addTo(seriesKey(counter, labels), n);
	}

	/** Adds one reading in the metric's unit. */
	record(metric: ValueName, value: number): void {
		this.#distribution(metric).record(value);
	}

	/** Adds one window of a ratio; see `Distribution.recordRatio` for negative and empty windows. */
	recordRatio(metric: RatioName, numerator: number, denominator: number): void {
		this.#distribution(metric).recordRatio(numerator, denominator);
	}

	/**
	 * A snapshot, decoded once to be merged into several others.
	 * @throws RangeError for a metric that this version does not know, or a histogram that cannot be read
	 */
	static of(snapshot: AggregatesSnapshot): Aggregates {
		const decoded = new Aggregates();
		for (const [name, part] of Object.entries(snapshot.distributions)) {
			if (!isDistributionName(name)) throw new RangeError(`unknown metric in snapshot: ${name}`);
			decoded.#distributions.set(name, Distribution.of(name, part));
		}
		for (const [key, n] of Object.entries(snapshot.counters)) {
			parseSeriesKey(key);
			if (!Number.isSafeInteger(n)) throw new RangeError(`counter ${key}: cannot add ${n}`);
			decoded.#counters.set(key, n);
		}
		return decoded;
	}

	/** @throws RangeError as {@link Aggregates.of}; nothing is merged then */
	merge(other: AggregatesSnapshot | Aggregates): void {
		const from = other instanceof Aggregates ? other : Aggregates.of(other);
		for (const [key, n] of from.#counters) this.#addTo(key, n);
		for (const [name, part] of from.#distributions) this.#distribution(name).merge(part);
	}

	/** Plain JSON with sorted keys: equal contents give equal snapshots of one form. */
	snapshot(form: SnapshotForm = "disk"): AggregatesSnapshot {
		return {
			counters: Object.fromEntries([...this.#counters].sort(byKey)),
			distributions: Object.fromEntries(
				[...this.#distributions].sort(byKey).map(([name, part]) => [name, part.snapshot(form)]),
			),
		};
	}

	/** What was recorded since the last call, for another process; starts again from nothing. */
	takeDelta(): AggregatesSnapshot {
		const delta = this.snapshot("wire");
		this.#counters.clear();
		this.#distributions.clear();
		return delta;
	}

	/** Sum over the series of a counter that carry all the given labels; 0 where there is none. */
	counter<N extends CounterName>(name: N, where: Partial<CounterLabels<N>> = {}): number {
		const wanted = Object.entries<string | undefined>(where);
		return this.series(name)
			.filter(({ labels }) => {
				const has: Readonly<Record<string, string>> = labels;
				return wanted.every(([label, value]) => value === undefined || has[label] === value);
			})
			.reduce((sum, { value }) => sum + value, 0);
	}

	/** Every series of a counter, ordered by key. */
	series<N extends CounterName>(name: N): SeriesValue<N>[] {
		return [...this.#counters]
			.filter(([key]) => key.startsWith(`${name}{`))
			.sort(byKey)
			.map(([key, value]) => ({ labels: parseSeriesKey(key).labels as CounterLabels<N>, value }));
	}

	/** Undefined while nothing was recorded: no samples is not zero. */
	distribution(name: DistributionName): DistributionView | undefined {
		const found = this.#distributions.get(name);
		return found !== undefined && found.count > 0 ? found : undefined;
	}

	/** Every distribution with samples, as summary.json shows it. */
	toSummary(): Partial<Record<DistributionName, DistributionSummary>> {
		const shown = [...this.#distributions].filter(([, part]) => part.count > 0).sort(byKey);
		return Object.fromEntries(shown.map(([name, part]) => [name, summarize(part)]));
	}

	#addTo(key: string, n: number): void {
		this.#counters.set(key, (this.#counters.get(key) ?? 0) + n);
	}

	#distribution(name: DistributionName): Distribution {
		let found = this.#distributions.get(name);
		if (found === undefined) {
			found = new Distribution(name);
			this.#distributions.set(name, found);
		}
		return found;
	}
}

function summarize(part: Distribution): DistributionSummary {
	const { hdr, numerator, denominator } = part.snapshot();
	return {
		unit: part.unit,
		count: part.count,
		min: part.min,
		mean: part.mean,
		p50: part.percentile(50),
		p90: part.percentile(90),
		p95: part.percentile(95),
		p99: part.percentile(99),
		p999: part.percentile(99.9),
		max: part.max,
		hdr,
		hdrStep: 1 / ticksPerUnit[part.unit],
		...(part.unit === "ratio" ? { numerator, denominator } : {}),
	};
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
