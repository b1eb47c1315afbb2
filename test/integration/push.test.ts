import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Summary } from "../../src/verdict/summary.js";
import { type CliEnd, lenient, withCli } from "../rig/cli.js";
import { startTcp } from "../rig/local-services.js";
import {
	type PushedTo,
	query,
	type SeriesValues,
	startPrometheus,
	startPushgateway,
} from "../rig/pushed-to.js";
import { requirePart } from "../rig/real-parts.js";
import { expectNoSecret, readSummary, resultFolder } from "../rig/result.js";

/** Shorter than any usual scrape interval. */
const scenario = `
name: short
participants: { publishers: 1, subscribers: 2 }
load: [{ ramp: 500ms, to: 100% }, { hold: 3s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();
const whenPushed = requirePart("pushgateway", "prometheus-3");

whenPushed("a short job that ends before anybody scrapes it", () => {
	let gateway: PushedTo;
	let prometheus: PushedTo;
	const runs: { end: CliEnd; runId: string; summary: Summary }[] = [];

	beforeAll(async () => {
		gateway = await startPushgateway();
		prometheus = await startPrometheus(gateway);
		for (let n = 0; n < 2; n++) {
			const end = await cli().runScenario(
				scenario,
				["--pushgateway", gateway.url, "--otlp", `${prometheus.url}/api/v1/otlp`],
				{
					LIVESOAK_PUSHGATEWAY_USERNAME: gateway.username,
					LIVESOAK_PUSHGATEWAY_PASSWORD: gateway.password,
					LIVESOAK_OTLP_USERNAME: prometheus.username,
					LIVESOAK_OTLP_PASSWORD: prometheus.password,
				},
			);
			expect(end.code, end.stderr).toBe(0);
			const runId = (await resultFolder(end.out)).split("/").at(-1) ?? "";
			runs.push({ end, runId, summary: await readSummary(end.out) });
		}
		// What Prometheus scrapes of the Pushgateway comes with its next scrape; one in the middle of a run came before.
		const last = runs.at(-1)?.runId;
		const endedAtSeconds = Date.now() / 1_000;
		const scrapedAt = `timestamp(livesoak_run_planned_seconds{instance="",run="${last}"})`;
		await vi.waitFor(
			async () => {
				const [atSeconds] = (await query(prometheus, scrapedAt)).values();
				expect(atSeconds).toBeGreaterThan(endedAtSeconds);
			},
			{ timeout: 15_000, interval: 250 },
		);
	});

	afterAll(async () => {
		await prometheus?.stop();
		await gateway?.stop();
	});

	/** All series of livesoak, without the labels that tell how they came and what is read at the moment of a push. */
	function series(matchers: string): Promise<SeriesValues> {
		return query(
			prometheus,
			`{__name__=~"livesoak_.+",__name__!~"livesoak_parent_.+|livesoak_worker_open_fds",${matchers}}`,
			["instance"],
		);
	}

	/** One figure of one run, by the way it came. */
	async function one(promql: string, way: string, runId: string): Promise<number | undefined> {
		const instance = way === "--otlp" ? runId : "";
		const matchers = `job="livesoak",run="${runId}",instance="${instance}"`;
		const found = await query(prometheus, promql.replaceAll("$", matchers));
		expect(found.size, promql).toBeLessThanOrEqual(1);
		return [...found.values()][0];
	}

	describe.each(["--pushgateway", "--otlp"])(
		"%s: Prometheus answers what the summary says",
		(way) => {
			const figures: readonly [string, string, (summary: Summary) => number | undefined][] = [
				[
					"joined",
					'sum(livesoak_participants_total{event="joined",$})',
					(s) => s.participants.joined,
				],
				["packets sent", 'livesoak_rtp_packets_total{direction="sent",$}', (s) => s.packets.sent],
				[
					"received",
					'livesoak_rtp_packets_total{direction="received",$}',
					(s) => s.packets.received,
				],
				["lost", "livesoak_rtp_packets_lost_total{$}", (s) => s.packets.lost],
				[
					"pairs",
					"sum(livesoak_candidate_pairs{$})",
					(s) => s.candidatePairs.reduce((n, { count }) => n + count, 0),
				],
				[
					"connects",
					'livesoak_connect_stage_seconds_count{stage="media",$}',
					(s) => s.metrics["connect.media"]?.count,
				],
				["jitters", "livesoak_rtp_jitter_seconds_count{$}", (s) => s.metrics["rtp.jitter"]?.count],
				[
					"all buckets",
					'livesoak_rtp_jitter_seconds_bucket{le="+Inf",$}',
					(s) => s.metrics["rtp.jitter"]?.count,
				],
				["version", "count(livesoak_build_info{$})", (s) => Object.keys(s.engines).length],
			];

			test.each(figures)("%s", async (_what, promql, of) => {
				for (const { runId, summary } of runs) {
					const expected = of(summary);
					expect(expected).toBeTypeOf("number");
					expect(await one(promql, way, runId)).toBe(expected);
				}
			});

			test("percentiles and sums, in seconds", async () => {
				for (const { runId, summary } of runs) {
					const media = summary.metrics["connect.media"];
					if (!media) throw new Error("no connect.media");
					const exact =
						'livesoak_connect_stage_percentile_seconds{stage="media",percentile="p95",$}';
					expect(await one(exact, way, runId)).toBeCloseTo(media.p95 / 1_000, 9);
					const sum = await one('livesoak_connect_stage_seconds_sum{stage="media",$}', way, runId);
					expect(sum).toBeCloseTo((media.mean * media.count) / 1_000, 9);
				}
			});

			test("a histogram is one that histogram_quantile understands", async () => {
				const { runId, summary } = runs[0] ?? { runId: "" };
				const p95 = (summary?.metrics["connect.media"]?.p95 ?? Number.NaN) / 1_000;
				const bucket = 'livesoak_connect_stage_seconds_bucket{stage="media",$}';
				const bounds = await query(
					prometheus,
					bucket.replace("$", `job="livesoak",run="${runId}"`),
					["job", "run", "scenario", "stage", "instance"],
				);
				const all = [...bounds.keys()].map((key) => Number(/le="([^"]+)"/.exec(key)?.[1]));
				const finite = all.filter(Number.isFinite);
				const estimate = await one(`histogram_quantile(0.95, sum by (le) (${bucket}))`, way, runId);
				// With three connects the estimate is within the bucket of the largest.
				expect(estimate).toBeGreaterThan(Math.max(0, ...finite.filter((bound) => bound < p95)));
				expect(estimate).toBeLessThanOrEqual(Math.min(...finite.filter((bound) => bound >= p95)));
			});
		},
	);

	test("both ways bring the same series with the same values", async () => {
		for (const { runId } of runs) {
			const byGateway = await series(`run="${runId}",instance=""`);
			const byOtlp = await series(`run="${runId}",instance="${runId}"`);
			expect(byOtlp.size).toBeGreaterThan(150);
			expect(Object.fromEntries(byOtlp)).toEqual(Object.fromEntries(byGateway));
		}
	});

	test("two runs lie side by side", async () => {
		const found = await query(
			prometheus,
			'count by (run) (livesoak_run_planned_seconds{instance=""})',
		);
		expect([...found.keys()].sort()).toEqual(runs.map(({ runId }) => `{run="${runId}"}`).sort());
	});

	test("the gateway keeps the last figures until they are deleted as the documentation says", async () => {
		const first = runs[0]?.runId;
		const group = `/metrics/job/livesoak/run/${first}`;
		expect(await (await gateway.get("/metrics")).text()).toContain(`run="${first}"`);
		const authorization = `Basic ${Buffer.from(`${gateway.username}:${gateway.password}`).toString("base64")}`;
		await fetch(gateway.url + group, { method: "DELETE", headers: { authorization } });
		await vi.waitFor(async () =>
			expect(await (await gateway.get("/metrics")).text()).not.toContain(`run="${first}"`),
		);
	});

	test("nobody is troubled, and no password is in what is said or written", async () => {
		for (const { end } of runs) {
			expect(end.stderr).not.toContain("push");
			const folder = await resultFolder(end.out);
			const files = await Promise.all(
				(await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")),
			);
			for (const text of [end.stdout, end.stderr, ...files])
				expectNoSecret(text, [gateway.password, prometheus.password]);
		}
	});
});

describe("a receiver that is of no use", () => {
	test("hanging or not there: the run keeps its verdict, and each is told once", async () => {
		const open: (() => void)[] = [];
		const hanging = await startTcp(
			(close) => void open.push(close),
			() => {},
		);
		const closed = await getPort({ host: "127.0.0.1" });
		const end = await cli().runScenario(scenario, [
			...["--otlp", `http://127.0.0.1:${hanging}`],
			...["--pushgateway", `http://127.0.0.1:${closed}`],
		]);
		for (const close of open) close();
		expect(end.code, end.stderr).toBe(0);
		const lines = end.stderr.split("\n");
		expect(lines.filter((line) => line.startsWith("--pushgateway"))).toEqual([
			expect.stringMatching(/the push failed \(connect ECONNREFUSED .*\); the run goes on/),
			expect.stringMatching(/2 of 2 pushes failed, the last one too \(connect ECONNREFUSED/),
		]);
		expect(lines.filter((line) => line.startsWith("--otlp"))).toEqual([
			expect.stringMatching(/2 of 2 pushes failed, the last one too \(no answer within 5 s\)/),
		]);
		expect((await readSummary(end.out)).verdict).toBe("passed");
	});

	test.each([
		[["--otlp", "localhost:9090"], {}, "--otlp is not an http:// or https:// URL."],
		[["--pushgateway", ""], {}, "--pushgateway is empty."],
		[
			["--pushgateway", "http://u:geheim123@127.0.0.1:9"],
			{},
			"--pushgateway has a user name or a password in its URL.",
		],
		[
			["--otlp", "http://127.0.0.1:9"],
			{ LIVESOAK_OTLP_PASSWORD: "geheim123" },
			"LIVESOAK_OTLP_PASSWORD is set, and LIVESOAK_OTLP_USERNAME is not.",
		],
	])("%j is bad input, told before anything is started", async (args, env, message) => {
		const end = await cli().runScenario(scenario, args, env);
		expect(end.code).toBe(2);
		expect(end.stderr).toContain(`livesoak: ${message}\n`);
		expect(end.stderr).not.toContain("geheim123");
		await expect(resultFolder(end.out)).rejects.toThrow();
	});
});
