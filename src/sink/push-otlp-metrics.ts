import { type HrTime, ValueType } from "@opentelemetry/api";
import {
	AggregationTemporality,
	type DataPoint,
	DataPointType,
	type Histogram,
	type MetricData,
} from "@opentelemetry/sdk-metrics";

/** One metric as `Registry.getMetricsAsJSON` gives it; its values of `type` are words, whatever its types say. */
export interface RegistryMetric {
	readonly name: string;
	readonly help: string;
	readonly type: unknown;
	readonly values: readonly RegistryValue[];
}

interface RegistryValue {
	readonly value: number;
	readonly labels: Readonly<Partial<Record<string, string | number>>>;
	/** Of a histogram's values: its own name with `_bucket`, `_sum` or `_count`. */
	readonly metricName?: string;
}

/** Epoch milliseconds: since when counters count, and when they were read. */
export interface Span {
	readonly startMs: number;
	readonly atMs: number;
}

/** Counters that a packet which came late after all takes back from: sums that are not monotonic. */
const falling = new Set(["livesoak_rtp_packets_lost_total", "livesoak_data_packets_lost_total"]);

/**
 * The metrics of a Prometheus registry in OpenTelemetry's data model
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/): counters are cumulative sums, histograms keep their
 * buckets. Names have their units in them, so the field `unit` is empty: a receiver that adds it would write it twice.
 * Metrics without values are left out.
 */
export function otlpMetrics(metrics: readonly RegistryMetric[], span: Span): MetricData[] {
	const shown = metrics.filter(({ values }) => values.length > 0);
	return shown.map((metric) => metricData(metric, span));
}

function metricData(metric: RegistryMetric, span: Span): MetricData {
	const { name, help } = metric;
	const base = {
		descriptor: { name, description: help, unit: "", valueType: ValueType.DOUBLE },
		aggregationTemporality: AggregationTemporality.CUMULATIVE,
	};
	switch (metric.type) {
		case "counter":
			return {
				...{ ...base, dataPointType: DataPointType.SUM, dataPoints: plainPoints(metric, span) },
				isMonotonic: !falling.has(name),
			};
		case "gauge":
			return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: plainPoints(metric, span) };
		case "histogram":
			return {
				...{ ...base, dataPointType: DataPointType.HISTOGRAM },
				dataPoints: histogramPoints(metric, span),
			};
		default:
			throw new Error(`no OTLP form for a ${metric.type}`);
	}
}

function plainPoints({ values }: RegistryMetric, span: Span): DataPoint<number>[] {
	return values.map(({ labels, value }) => point(labels, value, span));
}

function histogramPoints({ name, values }: RegistryMetric, span: Span): DataPoint<Histogram>[] {
	const groups = new Map<string, RegistryValue[]>();
	for (const value of values) {
		const { le: _bound, ...labels } = value.labels;
		const key = JSON.stringify(Object.entries(labels).sort());
		groups.set(key, [...(groups.get(key) ?? []), value]);
	}
	return [...groups.values()].map((group) => {
		const figure = (suffix: string) =>
			group.find(({ metricName }) => metricName === name + suffix)?.value ?? 0;
		const { le: _bound, ...labels } = group[0]?.labels ?? {};
		const buckets = group
			.filter(({ metricName }) => metricName === `${name}_bucket`)
			.map(({ labels: { le }, value }) => ({
				bound: Number(`${le}`.replace("+Inf", "Infinity")),
				value,
			}))
			.sort((a, b) => a.bound - b.bound);
		return point(
			labels,
			{
				buckets: {
					boundaries: buckets.map(({ bound }) => bound).filter(Number.isFinite),
					// Prometheus counts what lies at or below a bound, OpenTelemetry what lies between two.
					counts: buckets.map(({ value }, i) => value - (buckets[i - 1]?.value ?? 0)),
				},
				...{ sum: figure("_sum"), count: figure("_count") },
			},
			span,
		);
	});
}

function point<T>(
	labels: RegistryValue["labels"],
	value: T,
	{ startMs, atMs }: Span,
): DataPoint<T> {
	const attributes = Object.fromEntries(
		Object.entries(labels).map(([name, label]) => [name, String(label ?? "")]),
	);
	return { startTime: hrTime(startMs), endTime: hrTime(atMs), attributes, value };
}

/** Whole milliseconds: Prometheus keeps no finer. */
function hrTime(epochMs: number): HrTime {
	const ms = Math.round(epochMs);
	return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}
