import { expect, test } from "vitest";
import { histogramMetrics } from "../../../src/sink/prometheus-distributions.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { aggregatesOf, runInfo, samples, viewOf } from "./fabricated-run.js";
import { parse, scrape, whose } from "./prometheus-scrape.js";

const totals = aggregatesOf(samples);

test("buckets are cumulative, and count what lies at or below their bound", async () => {
	const shown = await scrape(viewOf(totals));
	// media comes at 300, 310, … 410 ms (the seventh stage of twelve participants).
	const bucket = (le: string) =>
		shown.get(`livesoak_connect_stage_seconds_bucket{stage="media",le="${le}"}`);
	expect([bucket("0.2"), bucket("0.35"), bucket("0.5"), bucket("+Inf")]).toEqual([0, 6, 12, 12]);
	for (const { name, buckets } of histogramMetrics) {
		const values = [...shown].filter(
			([key]) => key.startsWith(`${name}_bucket`) && !/stage/.test(key),
		);
		const counts = values.map(([, value]) => value);
		expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
		expect([...counts].sort((a, b) => a - b)).toEqual(counts);
	}
});

test("nothing measured is absent, not zero", async () => {
	for (const view of [undefined, viewOf(aggregatesOf([]), { workers: [] })]) {
		const names = [...(await scrape(view)).keys()];
		expect(
			names.filter((name) => /rtp_loss|silence|percentile|_bucket|worker|agent/.test(name)),
		).toEqual([]);
	}
});

test("every series says of which run and scenario it is", async () => {
	const text = await prometheusRegistry(() => ({ run: runInfo, view: viewOf(totals) })).metrics();
	const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
	expect(series.length).toBeGreaterThan(200);
	for (const line of series) expect(line).toContain(whose);
});

test("an event that nobody met yet is zero for those who have begun, so that its rate is known", async () => {
	const shown = await scrape(viewOf(totals));
	const who = 'engine="native",ice="relay-tls",room_class="both"';
	expect(shown.get(`livesoak_participants_total{event="left",${who}}`)).toBe(0);
	expect(shown.get(`livesoak_participants_total{event="failed",${who}}`)).toBe(3);
	expect([...shown.keys()].filter((key) => key.includes('event="joined"'))).toHaveLength(1);
});

test("the counters behind a share give the share", async () => {
	const shown = await scrape(viewOf(totals));
	// 16 windows with 10 ms of silence in a second.
	expect(shown.get("livesoak_audio_silent_seconds_total")).toBeCloseTo(0.16, 9);
	expect(shown.get("livesoak_audio_due_seconds_total")).toBe(16);
	expect(shown.get("livesoak_audio_concealed_samples_total")).toBe(16 * 480);
	expect(shown.get("livesoak_audio_decoded_samples_total")).toBe(16 * 48_000);
});

test("thresholds in base units, with the line they draw", async () => {
	const shown = await scrape(viewOf(totals));
	const media = '{metric="connect.media",expression="p95 < 2s"}';
	expect(shown.get(`livesoak_threshold_limit${media}`)).toBe(2);
	expect(shown.get(`livesoak_threshold_observed${media}`)).toBeCloseTo(0.41, 3);
	const loss = '{metric="rtp.loss",expression="mean < 0.5%"}';
	expect(shown.get(`livesoak_threshold_limit${loss}`)).toBe(0.005);
});

test("the first hour stands still once it is over", async () => {
	const seconds = (count: number) => aggregatesOf(samples.slice(0, -count));
	const figure = 'livesoak_first_hour{metric="rtp.jitter",statistic="mean"}';
	const times = [600_000, 3_601_000, 7_200_000];
	const views = times.map((elapsedMs, n) => viewOf(seconds(12 - 5 * n), { elapsedMs }));
	let at = 0;
	const registry = prometheusRegistry(() => ({ run: runInfo, view: views[at] ?? viewOf(totals) }));
	const scrapes = [];
	for (at = 0; at < views.length; at++) scrapes.push(parse(await registry.metrics()));
	const covered = scrapes.map((shown) => shown.get("livesoak_first_hour_seconds"));
	expect(covered).toEqual([600, 3_601, 3_601]);
	const [first, second, third] = scrapes.map((shown) => shown.get(figure));
	expect(second).toBeGreaterThan(first ?? Number.NaN);
	expect(third).toBe(second);
});

test.runIf(process.platform === "linux")("descriptors and memory of real processes", async () => {
	const [worker] = viewOf(totals).workers;
	if (!worker) throw new Error("the fabricated run has no worker");
	const view = viewOf(totals, { workers: [{ ...worker, pid: process.pid }] });
	const shown = await scrape(view);
	expect(shown.get('livesoak_worker_open_fds{agent="",worker="0"}')).toBeGreaterThan(2);
	expect(shown.get("livesoak_parent_resident_memory_bytes")).toBeGreaterThan(10e6);
	expect(shown.get("livesoak_heartbeat_timestamp_seconds")).toBe(view.nowMs / 1_000);
});

test("labels never hold an identity, whatever a sample carries", async () => {
	const text = await prometheusRegistry(() => ({ run: runInfo, view: viewOf(totals) })).metrics();
	const names = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, name]) => name));
	expect([...names].sort()).toEqual(
		[
			...[
				"agent",
				"cause",
				"direction",
				"engine",
				"engine_version",
				"event",
				"expression",
				"ice",
				"le",
				"local",
			],
			...["metric", "peer", "protocol", "percentile", "relay_protocol", "remote", "room_class"],
			...["run", "scenario", "server_version", "stage", "state", "statistic", "version", "worker"],
		].sort(),
	);
});
