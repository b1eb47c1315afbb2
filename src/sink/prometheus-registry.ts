import { Counter, Gauge, Registry } from "prom-client";
import { agentMetrics } from "./prometheus-agents.js";
import { type PlainMetric, plainMetrics, type ScrapeState } from "./prometheus-catalogue.js";
import { type HistogramMetric, histogramMetrics, percentiles } from "./prometheus-distributions.js";
import { firstHourMetrics } from "./prometheus-first-hour.js";
import { DistributionHistogram, type HistogramSeries } from "./prometheus-histogram.js";
import { ratioMetrics } from "./prometheus-ratio.js";
import { testerMetrics } from "./prometheus-tester.js";
import { thresholdMetrics } from "./prometheus-thresholds.js";

const metrics = [
	...[...plainMetrics, ...ratioMetrics, ...testerMetrics],
	...[...agentMetrics, ...thresholdMetrics],
];

/**
 * A registry of its own (never prom-client's global one) whose metrics are computed from the latest
 * state when they are scraped; between scrapes nothing is done. Every series says whose it is, by the
 * labels `run` and `scenario`: two runs in one Prometheus never mix, and no counter ever restarts.
 */
export function prometheusRegistry(state: () => ScrapeState): Registry {
	const registry = new Registry();
	const { runId, scenarioName } = state().run;
	registry.setDefaultLabels({ run: runId, scenario: scenarioName });
	for (const metric of [...metrics, ...firstHourMetrics()]) addPlain(registry, metric, state);
	for (const metric of histogramMetrics) addHistogram(registry, metric, state);
	return registry;
}

function addPlain(registry: Registry, metric: PlainMetric, state: () => ScrapeState): void {
	const shape = {
		name: metric.name,
		help: metric.help,
		labelNames: [...metric.labels],
		registers: [registry],
	};
	if (metric.type === "gauge") {
		new Gauge({
			...shape,
			async collect() {
				const series = await metric.read(state());
				this.reset();
				// Without labels a reset gauge reads 0: "nothing measured" must stay absent.
				this.remove({});
				for (const { labels, value } of series) this.set({ ...labels }, value);
			},
		});
		return;
	}
	new Counter({
		...shape,
		async collect() {
			const series = await metric.read(state());
			this.reset();
			this.remove({});
			// `inc` refuses negatives, and the signed packet loss may be one; zero is left as it is.
			for (const { labels, value } of series) this.inc({ ...labels }, Math.max(0, value));
		},
	});
}

function addHistogram(registry: Registry, metric: HistogramMetric, state: () => ScrapeState): void {
	const { name, help, percentileName, baseUnit, labels: labelNames } = metric;
	const read = () => seriesOf(metric, state());
	new DistributionHistogram(registry, {
		...{ name, help, labelNames, baseUnit, read },
		buckets: metric.buckets,
	});
	addPlain(
		registry,
		{
			name: percentileName,
			type: "gauge",
			help: `${help}: exact percentiles since the start of the run`,
			labels: [...labelNames, "percentile"],
			read: () =>
				read().flatMap(({ labels, distribution }) =>
					Object.entries(percentiles).map(([percentile, p]) => ({
						labels: { ...labels, percentile },
						value: distribution.percentile(p) * baseUnit,
					})),
				),
		},
		state,
	);
}

function seriesOf(metric: HistogramMetric, { view }: ScrapeState): HistogramSeries[] {
	return metric.series.flatMap(({ labels, distribution: name }) => {
		const distribution = view?.totals.distribution(name);
		return distribution ? [{ labels, distribution }] : [];
	});
}
