import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PrometheusSink } from "../../src/sink/prometheus.js";
import { aggregatesOf, runInfo, samples, summaryOf, viewOf } from "../unit/sink/fabricated-run.js";

const run = promisify(execFile);
const installed = await run("prometheus", ["--version"]).then(
	() => true,
	() => false,
);

/** Of an instant query: time and value of each series. */
interface PrometheusAnswer {
	readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** A real Prometheus scrapes the endpoint, and PromQL answers what the summary says. */
describe.skipIf(!installed)("with the prometheus program on PATH", () => {
	const totals = aggregatesOf(samples);
	const summary = summaryOf(totals);
	const sink = new PrometheusSink({ host: "127.0.0.1", port: 0 });
	let folder: string;
	let server: ChildProcess;
	let url: string;

	beforeAll(async () => {
		await sink.start(runInfo);
		sink.onView(viewOf(totals));
		folder = await mkdtemp(join(tmpdir(), "livesoak-prometheus-"));
		const config = join(folder, "prometheus.yml");
		await writeFile(
			config,
			`scrape_configs: [{job_name: livesoak, scrape_interval: 1s, static_configs: [{targets: ["127.0.0.1:${sink.port}"]}]}]\n`,
		);
		const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
		url = `http://${address}`;
		server = spawn(
			"prometheus",
			[
				`--config.file=${config}`,
				`--storage.tsdb.path=${join(folder, "data")}`,
				`--web.listen-address=${address}`,
			],
			{ stdio: "ignore" },
		);
		await vi.waitFor(async () => expect(await query("livesoak_build_info")).toBe(1), {
			timeout: 30_000,
			interval: 250,
		});
	});

	afterAll(async () => {
		if (server.exitCode === null && server.kill("SIGTERM")) await once(server, "exit");
		await sink.stop();
		await rm(folder, { recursive: true, force: true });
	});

	/** The first value of an instant query; undefined where it answers nothing. */
	async function query(promql: string): Promise<number | undefined> {
		const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
		const { data } = (await answer.json()) as PrometheusAnswer;
		const value = data.result[0]?.value[1];
		return value === undefined ? undefined : Number(value);
	}

	test.each([
		["joined", 'sum(livesoak_participants_total{event="joined"})', summary.participants.joined],
		["failures", "sum(livesoak_connect_failures_total)", summary.participants.failed],
		["packets", 'livesoak_rtp_packets_total{direction="received"}', summary.packets.received],
		["loss", "livesoak_rtp_loss_ratio", summary.metrics["rtp.loss"]?.mean],
		["connects", 'livesoak_connect_stage_seconds_count{stage="media"}', 12],
	])("%s", async (_what, promql, expected) => {
		expect(expected).toBeGreaterThan(0);
		expect(await query(promql)).toBe(expected);
	});

	test("an exact percentile, in seconds", async () => {
		const p95 = summary.metrics["connect.media"]?.p95 ?? Number.NaN;
		const series = 'livesoak_connect_stage_percentile_seconds{stage="media",percentile="p95"}';
		expect(await query(series)).toBeCloseTo(p95 / 1_000, 9);
	});

	test("histogram_quantile lands in the bucket that holds the summary's percentile", async () => {
		// p95 of media is 0.41 s, in the bucket from 0.35 to 0.5.
		const buckets = 'livesoak_connect_stage_seconds_bucket{stage="media"}';
		const estimate = await query(`histogram_quantile(0.95, sum by (le) (${buckets}))`);
		expect(estimate).toBeGreaterThan(0.35);
		expect(estimate).toBeLessThanOrEqual(0.5);
	});

	test("promtool finds nothing to criticise in names, types and help", async () => {
		const text = await (await fetch(`http://127.0.0.1:${sink.port}/metrics`)).text();
		const check = run("promtool", ["check", "metrics"]);
		check.child.stdin?.end(text);
		expect(await check).toEqual({ stdout: "", stderr: "" });
	});
});
