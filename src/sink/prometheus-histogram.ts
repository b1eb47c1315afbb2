import { Histogram, type Registry } from "prom-client";
import type { DistributionView } from "../aggregate/distribution.js";

/** One labelled histogram with the distribution behind it. */
export interface HistogramSeries {
	readonly labels: Readonly<Record<string, string>>;
	readonly distribution: DistributionView;
}

export interface DistributionHistogramOptions {
	readonly name: string;
	readonly help: string;
	readonly labelNames: readonly string[];
	/** Upper bounds in the base unit of the metric, ascending, without +Inf. */
	readonly buckets: readonly number[];
	/** Base units (seconds, ratio, MOS) in one unit of the distribution: 0.001 for milliseconds. */
	readonly baseUnit: number;
	readonly read: () => readonly HistogramSeries[];
}

type Exported = Awaited<ReturnType<Histogram["get"]>>;

/**
 * A Prometheus histogram read from mergeable distributions at scrape time: nothing is observed twice,
 * and count and sum are the exact ones of the summary. A bucket is exact to the 0.1 % of the HDR
 * histogram around its bound.
 */
export class DistributionHistogram extends Histogram {
	readonly #options: DistributionHistogramOptions;
	/** An unregistered twin without samples: gives name, help and type as the library wants them. */
	readonly #empty: Histogram;

	constructor(registry: Registry, options: DistributionHistogramOptions) {
		const shape = {
			name: options.name,
			help: options.help,
			labelNames: [...options.labelNames],
			buckets: [...options.buckets],
		};
		super({ ...shape, registers: [registry] });
		this.#options = options;
		this.#empty = new Histogram({ ...shape, registers: [] });
	}

	override async get(): Promise<Exported> {
		const empty = await this.#empty.get();
		const values = this.#options.read().flatMap((series) => this.#samples(series));
		return { ...empty, values };
	}

	/** What the registry's text form calls instead of `get` where it exists (prom-client 15). */
	getForPromString(): Promise<Exported> {
		return this.get();
	}

	#samples({ labels, distribution }: HistogramSeries): Exported["values"] {
		const { name, buckets, baseUnit } = this.#options;
		const bounded = buckets.map((bound) => ({
			metricName: `${name}_bucket`,
			labels: { ...labels, le: bound },
			value: distribution.countAtOrBelow(bound / baseUnit),
		}));
		return [
			...bounded,
			{
				metricName: `${name}_bucket`,
				labels: { ...labels, le: "+Inf" },
				value: distribution.count,
			},
			{ metricName: `${name}_sum`, labels, value: distribution.sum * baseUnit },
			{ metricName: `${name}_count`, labels, value: distribution.count },
		];
	}
}
