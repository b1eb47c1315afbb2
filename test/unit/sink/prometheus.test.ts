import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import type { RunView } from "../../../src/run/run-view.js";
import { PrometheusSink } from "../../../src/sink/prometheus.js";
import { parsePrometheusAddress } from "../../../src/sink/prometheus-address.js";
import { histogramMetrics } from "../../../src/sink/prometheus-distributions.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { aggregatesOf, runInfo, samples, summaryOf, viewOf } from "./fabricated-run.js";

const totals = aggregatesOf(samples);
const summary = summaryOf(totals);

const whose = `run="${runInfo.runId}",scenario="${runInfo.scenarioName}"`;

/** Value by series, as `name{label="value",…}` in the text has it, without the labels that all have. */
function parse(text: string): Map<string, number> {
	const lines = text
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => line.replace(`,${whose}}`, "}").replace(`{${whose}}`, ""));
	return new Map(
		lines.map((line) => {
			const cut = line.lastIndexOf(" ");
			return [line.slice(0, cut), Number(line.slice(cut + 1))];
		}),
	);
}

async function scrape(view?: RunView): Promise<Map<string, number>> {
	const state = { run: runInfo, serverVersion: "1.13.5", ...(view ? { view } : {}) };
	return parse(await prometheusRegistry(() => state).metrics());
}

describe("at the end of a run the scrape says what the summary says", async () => {
	const shown = await scrape(viewOf(totals));
	const metric = (name: string) => {
		const found = summary.metrics[name];
		if (!found) throw new Error(`the fabricated run has no ${name}`);
		return found;
	};

	test.each(["socket", "joined", "ice", "dtls", "published", "media", "heard"])(
		"stage %s",
		(stage) => {
			const figures = metric(`connect.${stage}`);
			const base = "livesoak_connect_stage";
			expect(shown.get(`${base}_seconds_count{stage="${stage}"}`)).toBe(figures.count);
			expect(shown.get(`${base}_seconds_sum{stage="${stage}"}`)).toBeCloseTo(
				(figures.mean * figures.count) / 1_000,
				9,
			);
			for (const percentile of ["p50", "p90", "p95", "p99", "p999", "max"] as const) {
				const series = `${base}_percentile_seconds{stage="${stage}",percentile="${percentile}"}`;
				const value = figures[percentile];
				expect(shown.get(series)).toBeCloseTo(value / 1_000, 9);
			}
		},
	);

	test.each(["ice", "dtls"])("stage %s of each peer connection", (stage) => {
		for (const peer of ["publisher", "subscriber"]) {
			const figures = metric(`connect.${stage}.${peer}`);
			const base = "livesoak_connect_peer_stage";
			const labels = `stage="${stage}",peer="${peer}"`;
			expect(shown.get(`${base}_seconds_count{${labels}}`)).toBe(figures.count);
			const series = `${base}_percentile_seconds{${labels},percentile="p95"}`;
			expect(shown.get(series)).toBeCloseTo(figures.p95 / 1_000, 9);
		}
		// Sums over the stages of participants must not find them twice.
		expect(shown.get(`livesoak_connect_stage_seconds_count{stage="${stage}.publisher"}`)).toBe(
			undefined,
		);
	});

	test("jitter, round trip and quality", () => {
		expect(shown.get("livesoak_rtp_jitter_seconds_count")).toBe(metric("rtp.jitter").count);
		expect(shown.get('livesoak_rtp_jitter_percentile_seconds{percentile="p95"}')).toBeCloseTo(
			metric("rtp.jitter").p95 / 1_000,
			9,
		);
		expect(shown.get('livesoak_rtt_percentile_seconds{percentile="p50"}')).toBeCloseTo(
			metric("rtp.rtt").p50 / 1_000,
			9,
		);
		const mos = metric("audio.mos");
		expect(shown.get("livesoak_audio_mos_sum")).toBeCloseTo(mos.mean * mos.count, 6);
		expect(shown.get('livesoak_audio_mos_percentile{percentile="p50"}')).toBe(mos.p50);
	});

	test("packets, loss and ratios", () => {
		const { sent, received, lost } = summary.packets;
		expect(shown.get('livesoak_rtp_packets_total{direction="sent"}')).toBe(sent);
		expect(shown.get('livesoak_rtp_packets_total{direction="received"}')).toBe(received);
		expect(shown.get("livesoak_rtp_packets_lost_total")).toBe(lost);
		expect(shown.get("livesoak_rtp_loss_ratio")).toBe(metric("rtp.loss").mean);
		expect(shown.get("livesoak_audio_silence_ratio")).toBe(metric("audio.silence").mean);
	});

	test("participants, failures, reconnects, pairs, thresholds", () => {
		const who = 'engine="native",ice="relay-tls",room_class="both"';
		expect(shown.get(`livesoak_participants_total{event="joined",${who}}`)).toBe(
			summary.participants.joined,
		);
		expect(shown.get(`livesoak_participants{state="alive",${who}}`)).toBe(
			summary.participants.unfinished,
		);
		for (const { stage, cause, count } of summary.failures) {
			expect(shown.get(`livesoak_connect_failures_total{stage="${stage}",cause="${cause}"}`)).toBe(
				count,
			);
		}
		expect(shown.get('livesoak_participants_lost_total{cause="worker-died"}')).toBe(1);
		expect(shown.get('livesoak_reconnects_total{cause="resume"}')).toBe(1);
		expect(
			shown.get(
				'livesoak_candidate_pairs{peer="subscriber",local="relay",remote="host",protocol="tcp",relay_protocol="tls"}',
			),
		).toBe(12);
		for (const { metric: name, expression, ok } of summary.thresholds) {
			expect(shown.get(`livesoak_threshold_ok{metric="${name}",expression="${expression}"}`)).toBe(
				ok ? 1 : 0,
			);
		}
	});

	test("versions and workers", () => {
		expect(
			shown.get(
				'livesoak_build_info{version="0.1.0",engine="native",engine_version="1.1.0",server_version="1.13.5"}',
			),
		).toBe(1);
		expect(shown.get('livesoak_worker_lag_p99_seconds{agent="",worker="1"}')).toBe(0.004);
	});
});

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

describe("the endpoint", () => {
	const running: PrometheusSink[] = [];
	afterEach(async () => {
		for (const sink of running.splice(0)) await sink.stop();
	});

	async function started(): Promise<string> {
		const sink = new PrometheusSink({ host: "127.0.0.1", port: 0 });
		await sink.start(runInfo);
		running.push(sink);
		sink.onEvent({ kind: "server", atMs: 0, version: "1.13.5" });
		sink.onView(viewOf(totals));
		return `http://127.0.0.1:${sink.port}`;
	}

	test("serves the latest view at /metrics, and says where it is elsewhere", async () => {
		const url = await started();
		const answer = await fetch(`${url}/metrics`);
		expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
		// Its memory and descriptors differ from one moment to the next.
		const steady = (shown: Map<string, number>) =>
			[...shown].filter(([series]) => !/_parent_|_fds/.test(series));
		expect(steady(parse(await answer.text()))).toEqual(steady(await scrape(viewOf(totals))));
		expect((await fetch(url)).status).toBe(404);
		expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
	});

	test("is gone after stop", async () => {
		const url = await started();
		await fetch(`${url}/metrics`).then((answer) => answer.text());
		await running.pop()?.stop();
		await expect(fetch(`${url}/metrics`)).rejects.toThrow();
	});

	test("a port in use is the user's to mend, and the flag is named", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => other.once("listening", resolve));
		const { port } = other.address() as AddressInfo;
		const failed = await new PrometheusSink({ host: "127.0.0.1", port })
			.start(runInfo)
			.catch((error: unknown) => error);
		await new Promise((resolve) => other.close(resolve));
		expect(failed).toBeInstanceOf(UserError);
		expect(failed).toMatchObject({
			message: `--prometheus 127.0.0.1:${port}: the port is already in use.`,
			exitCode: 2,
		});
	});
});

test.each([
	["127.0.0.1:9464", { host: "127.0.0.1", port: 9464 }],
	["[::1]:9464", { host: "::1", port: 9464 }],
	[":9464", { host: "0.0.0.0", port: 9464 }],
	["localhost:0", { host: "localhost", port: 0 }],
])("--prometheus %s is understood", (text, expected) => {
	expect(parsePrometheusAddress(text)).toEqual(expected);
});

test.each(["9464", "host", "host:", "host:http", "host:70000", "::1:9464", "http://host:9464", ""])(
	"--prometheus %j is refused",
	(text) => {
		expect(() => parsePrometheusAddress(text)).toThrow(/expected HOST:PORT/);
	},
);
