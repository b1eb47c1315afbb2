import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import type { Sample } from "../../../src/sample/sample.js";
import { finalText } from "../../../src/sink/final-text.js";
import { liveFrame } from "../../../src/sink/live-frame.js";
import { summaryMarkdown } from "../../../src/sink/markdown.js";
import { plainLine } from "../../../src/sink/plain.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { summarySchema } from "../../../src/verdict/summary.js";
import {
	aggregatesOf,
	labels,
	runInfo,
	samples,
	secondOfMedia,
	summaryOf,
	viewOf,
} from "./fabricated-run.js";

const chalk = new Chalk({ level: 0 });

function secondOfData(): Sample {
	const media = secondOfMedia(0);
	if (media.kind !== "media") throw new Error("not a media sample");
	const data = {
		...{ packetsSent: 100, bytesSent: 20_000, packetsLate: 1 },
		...{ packetsReceived: 990, bytesReceived: 198_000, packetsLost: 10 },
		...{ packetsDuplicated: 0, packetsReordered: 7, latenciesMs: [4, 4, 4, 40] },
	};
	return { ...media, labels, window: { ...media.window, data } };
}

const totals = aggregatesOf([...samples, secondOfData()]);
const summary = summaryOf(totals);
const frameOf = (from: typeof totals) =>
	liveFrame({ run: runInfo, view: viewOf(from), joinsPerSecond: 0, columns: 100, chalk }).join(
		"\n",
	);

describe("data that was asked for is shown", () => {
	test("in the summary", () => {
		expect(summary.data).toEqual({
			...{ sent: 100, received: 990, lost: 10, duplicated: 0, reordered: 7 },
		});
		expect(summary.metrics["data.latency"]).toMatchObject({ count: 4, unit: "ms", max: 40 });
		expect(summarySchema.parse(summary)).toEqual(summary);
	});

	test("in the final report and in Markdown, what is unusual named, what did not happen left out", () => {
		const words = "100 sent, 990 received, 10 lost (1.00%), 7 reordered";
		expect(finalText(summary, { chalk })).toMatch(/\ndata +100 sent, 990 received, 10 lost/);
		expect(finalText(summary, { chalk })).toContain(words);
		expect(finalText(summary, { chalk })).toMatch(/data\.latency +13ms +4/);
		expect(summaryMarkdown(summary)).toContain(`- data messages: ${words}`);
	});

	test("while it runs", () => {
		expect(frameOf(totals)).toMatch(
			/data +sent 100 {2}received 990 {2}loss 1\.00% {2}latency p95 40ms/,
		);
		expect(plainLine(viewOf(totals))).toContain(" data loss 1.00% latency p95 40ms lag p99 ");
	});

	test("to Prometheus", async () => {
		const state = { run: runInfo, view: viewOf(totals) };
		const text = await prometheusRegistry(() => state).metrics();
		for (const line of [
			'livesoak_data_packets_total{direction="sent"} 100',
			'livesoak_data_packets_total{direction="received"} 990',
			'livesoak_data_bytes_total{direction="received"} 198000',
			"livesoak_data_packets_lost_total 10",
			"livesoak_data_packets_duplicated_total 0",
			"livesoak_data_packets_reordered_total 7",
			"livesoak_data_loss_ratio 0.01",
			"livesoak_data_late_ratio 0.01",
			'livesoak_data_latency_seconds_bucket{le="0.005"} 3',
			"livesoak_data_latency_seconds_count 4",
		])
			expect(
				text.replaceAll(/,?run="[^"]+",scenario="smoke"\}/g, "}").replaceAll("{}", ""),
			).toContain(`\n${line}\n`);
	});
});

test("without data nobody speaks of it", async () => {
	const without = aggregatesOf(samples);
	const plainSummary = summaryOf(without);
	const { metrics: _, ...rest } = plainSummary;
	const shown = [
		JSON.stringify(rest),
		finalText(plainSummary, { chalk }),
		summaryMarkdown(plainSummary),
		frameOf(without),
		plainLine(viewOf(without)),
	];
	for (const text of shown) expect(text).not.toMatch(/\bdata\b/);
	const state = { run: runInfo, view: viewOf(without) };
	const scraped = await prometheusRegistry(() => state).metrics();
	expect(scraped.split("\n").filter((line) => /^livesoak_data.* /.test(line))).toEqual([]);
});
