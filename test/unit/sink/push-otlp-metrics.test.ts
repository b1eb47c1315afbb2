import { DataPointType, type HistogramMetricData } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { otlpMetrics, type RegistryMetric } from "../../../src/sink/push-otlp-metrics.js";
import { aggregatesOf, runInfo, samples, summaryOf, viewOf } from "./fabricated-run.js";

const span = { startMs: 1_795_348_785_250, atMs: 1_795_348_800_000.4 };

/** A histogram as prom-client exports it: counts that only rise from bound to bound. */
function histogram(bounds: readonly number[], counts: readonly number[], stage: string) {
	let below = 0;
	const total = counts.reduce((a, b) => a + b, 0);
	return [
		...bounds.map((le, i) => {
			below += counts[i] ?? 0;
			return { metricName: "h_bucket", labels: { stage, le }, value: below };
		}),
		{ metricName: "h_bucket", labels: { stage, le: "+Inf" }, value: total },
		{ metricName: "h_sum", labels: { stage }, value: 12.5 },
		{ metricName: "h_count", labels: { stage }, value: total },
	];
}

function converted(metric: RegistryMetric) {
	const [only] = otlpMetrics([metric], span);
	if (!only) throw new Error("nothing came out");
	return only;
}

test("whatever the counts of its buckets are, a histogram keeps them, in any order of its values", () => {
	const bucketed = fc
		.uniqueArray(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 })
		.chain((bounds) =>
			fc.record({
				bounds: fc.constant([...bounds].sort((a, b) => a - b)),
				counts: fc.array(fc.nat(1_000), {
					minLength: bounds.length + 1,
					maxLength: bounds.length + 1,
				}),
			}),
		);
	fc.assert(
		fc.property(bucketed, fc.boolean(), ({ bounds, counts }, isReversed) => {
			const values = [
				...histogram(bounds, counts, "ice"),
				...histogram(bounds, counts.toReversed(), "dtls"),
			];
			if (isReversed) values.reverse();
			const { dataPoints } = converted({
				...{ name: "h", help: "", type: "histogram" },
				values,
			}) as HistogramMetricData;
			expect(dataPoints).toHaveLength(2);
			for (const { attributes, value } of dataPoints) {
				expect(value.buckets.boundaries).toEqual(bounds);
				const expected = attributes.stage === "ice" ? counts : counts.toReversed();
				expect(value.buckets.counts).toEqual(expected);
				expect(value.count).toBe(counts.reduce((a, b) => a + b, 0));
				expect(value.sum).toBe(12.5);
			}
		}),
	);
});

describe("a whole run", async () => {
	const totals = aggregatesOf(samples);
	const summary = summaryOf(totals);
	const state = { run: runInfo, serverVersion: "1.13.5", view: viewOf(totals) };
	const metrics = otlpMetrics(await prometheusRegistry(() => state).getMetricsAsJSON(), span);
	const named = (name: string) => {
		const found = metrics.find(({ descriptor }) => descriptor.name === name);
		if (!found) throw new Error(`no ${name}`);
		return found;
	};

	test("figures are the summary's, and the histogram's count, sum and buckets agree with each other", () => {
		const media = named("livesoak_connect_stage_seconds") as HistogramMetricData;
		const figures = summary.metrics["connect.media"];
		const value = media.dataPoints.find(({ attributes }) => attributes.stage === "media")?.value;
		expect(value?.count).toBe(figures?.count);
		expect(value?.buckets.counts.reduce((a, b) => a + b, 0)).toBe(figures?.count);
		const received = named("livesoak_rtp_packets_total").dataPoints.find(
			({ attributes }) => attributes.direction === "received",
		);
		expect(received?.value).toBe(summary.packets.received);
	});

	test("counters are monotonic sums, but for losses that are taken back; the rest are gauges", () => {
		expect(named("livesoak_participants_lost_total")).toMatchObject({
			dataPointType: DataPointType.SUM,
			isMonotonic: true,
		});
		expect(named("livesoak_rtp_packets_lost_total")).toMatchObject({ isMonotonic: false });
		expect(named("livesoak_rtp_packets_total")).toMatchObject({ isMonotonic: true });
		expect(named("livesoak_run_elapsed_seconds")).toMatchObject({
			dataPointType: DataPointType.GAUGE,
		});
	});

	test("each point says whose it is, since when, and of when, to the millisecond", () => {
		for (const { dataPoints } of metrics)
			for (const { attributes, startTime, endTime } of dataPoints) {
				expect(attributes).toMatchObject({ run: runInfo.runId, scenario: "smoke" });
				expect(attributes).not.toHaveProperty("le");
				expect([startTime, endTime]).toEqual([
					[1_795_348_785, 250_000_000],
					[1_795_348_800, 0],
				]);
			}
	});

	test("no unit that a receiver would add to the name again, and no metric without values", () => {
		for (const { descriptor, dataPoints } of metrics) {
			expect(descriptor.unit).toBe("");
			expect(dataPoints.length).toBeGreaterThan(0);
		}
		const names = metrics.map(({ descriptor }) => descriptor.name);
		expect(names).not.toContain("livesoak_data_packets_total");
	});
});

test("a type that is unknown is not left out in silence", () => {
	const summary = { name: "s", help: "", type: "summary", values: [{ value: 1, labels: {} }] };
	expect(() => otlpMetrics([summary], span)).toThrow("no OTLP form for a summary");
});
