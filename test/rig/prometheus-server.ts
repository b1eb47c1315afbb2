import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { expect, vi } from "vitest";
import { parse, stringify } from "yaml";

const bundled = fileURLToPath(new URL("../../docker/prometheus", import.meta.url));

/** One series of a range query: `[seconds, value]` each. */
export interface Series {
	readonly metric: Readonly<Record<string, string>>;
	readonly values: readonly (readonly [number, string])[];
}

export interface PrometheusServer {
	/** @throws Error with Prometheus' own words when it refuses the query */
	range(promql: string, span: { fromMs: number; toMs: number; stepMs: number }): Promise<Series[]>;
	labelValues(label: string, selector: string): Promise<string[]>;
	/** Stops it and removes its data. */
	stop(): Promise<void>;
}

/**
 * A real Prometheus with the configuration and rules of `docker/prometheus`, of which nothing but the addresses
 * is changed.
 * @param targets `host:port` by job
 */
export async function startPrometheus(
	targets: Readonly<Record<string, readonly string[]>>,
): Promise<PrometheusServer> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-prometheus-"));
	await cp(bundled, folder, { recursive: true });
	const file = join(folder, "prometheus.yml");
	await writeFile(file, readdressed(await readFile(file, "utf8"), targets));
	const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
	const server = spawn(
		"prometheus",
		[
			`--config.file=${file}`,
			`--storage.tsdb.path=${join(folder, "data")}`,
			`--web.listen-address=${address}`,
		],
		{ stdio: "ignore" },
	);
	const ask = async (path: string, fields: Readonly<Record<string, string>>) => {
		const answer = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(fields)}`);
		const { data, error } = (await answer.json()) as { data: unknown; error?: string };
		if (error !== undefined) throw new Error(error);
		return data;
	};
	const stop = async () => {
		if (server.exitCode === null && server.kill("SIGTERM")) await once(server, "exit");
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await vi.waitFor(
			async () => expect((await fetch(`http://${address}/-/ready`)).status).toBe(200),
			{ timeout: 20_000, interval: 200 },
		);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		stop,
		range: async (query, { fromMs, toMs, stepMs }) => {
			const span = { start: fromMs, end: toMs, step: stepMs };
			const seconds = Object.entries(span).map(([name, ms]) => [name, String(ms / 1_000)]);
			const data = await ask("query_range", { query, ...Object.fromEntries(seconds) });
			return (data as { result: Series[] }).result;
		},
		labelValues: async (label, selector) =>
			(await ask(`label/${label}/values`, { "match[]": selector })) as string[],
	};
}

function readdressed(text: string, targets: Readonly<Record<string, readonly string[]>>): string {
	const config = parse(text) as {
		alerting?: unknown;
		scrape_configs: { job_name: string; static_configs: { targets: readonly string[] }[] }[];
	};
	const jobs = config.scrape_configs.map(({ job_name }) => job_name);
	expect(jobs.toSorted()).toEqual(Object.keys(targets).toSorted());
	for (const job of config.scrape_configs)
		job.static_configs = [{ targets: targets[job.job_name] ?? [] }];
	// Nobody is there to be alerted.
	delete config.alerting;
	return stringify(config);
}
