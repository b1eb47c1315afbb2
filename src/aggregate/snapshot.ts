/**
 * `disk`: histograms as HDR base64, compressed V2; in result folders. `wire`: the same, not compressed, from process to
 * process and over Redis: a fraction of the time to make and to read. What one reads, the other reads.
 */
export type SnapshotForm = "disk" | "wire";

/**
 * The form in which aggregates travel: between processes, into timeline.jsonl, over Redis.
 * Plain JSON; histograms as HDR base64 (V2). Merging snapshots is associative and commutative,
 * so shards, workers and seconds can be added in any order.
 */
export interface AggregatesSnapshot {
	/** Counter values by key, `name{label=value,…}` with labels in the catalogue's order. Merge: add. */
	readonly counters: Readonly<Record<string, number>>;
	/** Distributions by metric name. Merge: HDR add, sums add, min/max of extremes. */
	readonly distributions: Readonly<Record<string, DistributionSnapshot>>;
}

/** Integers throughout, so that adding is exact: `ticksPerUnit` of the catalogue says how fine. */
export interface DistributionSnapshot {
	readonly hdr: string;
	/**
	 * For a ratio: exact sums, so that the mean is numerator/denominator.
	 * For others: sum of the readings in ticks, and their count.
	 */
	readonly numerator: number;
	readonly denominator: number;
	/** Exact extremes in ticks; 0 while the histogram is empty. */
	readonly min: number;
	readonly max: number;
}
