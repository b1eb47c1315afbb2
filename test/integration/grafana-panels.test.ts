import getPort from "get-port";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dashboards } from "../../grafana/source/dashboards.js";
import { type CliRun, lenient, toServer, withCli } from "../rig/cli.js";
import { type CoturnWith, startCoturnWith } from "../rig/coturn-with.js";
import { filledIn, panelsOf, queriesOf, variablesOf } from "../rig/dashboard-queries.js";
import { startAgents, stopAgents } from "../rig/fleet-agents.js";
import { eventsOf } from "../rig/fleet-run.js";
import { tableOf } from "../rig/markdown-table.js";
import { type PrometheusServer, startPrometheus } from "../rig/prometheus-server.js";
import { requirePart, withLiveKit } from "../rig/real-parts.js";
import { type RedisServer, startRedis } from "../rig/redis-server.js";
import { readEvents } from "../rig/result.js";
import { coturnHasMetrics, startRecordedCoturn } from "../rig/turn-metrics.js";
import { type CutProxy, startCutProxy } from "./lite-signal-rig.js";

/** Both engines over the relay, all that can be measured, and a threshold on each figure that panels have. */
const rich = `
name: panels-rich
ice: relay-udp
participants:
  - { publishers: 2, subscribers: 3, engine: lite }
  - { both: 2, engine: native }
data: { rate: 5/s }
load: [{ ramp: 6s, to: 100% }, { hold: 24s }]
pool: { workers: 2 }
faults: [{ at: 8s, do: signal-drop }]
thresholds:
  recovery.level: ["ratio >= 0%"]
  connect.media: ["p95 < 60s"]
  rtp.loss: ["mean < 99%"]
  rtp.jitter: ["p99 < 10s"]
  rtp.rtt: ["p99 < 10s"]
  audio.mos: ["mean > 1"]
  audio.silence: ["ratio <= 100%"]
  audio.concealment: ["mean <= 100%"]
  data.latency: ["p95 < 60s"]
${lenient}
`;

/** Under forced relay a join takes longer than this gives it: nobody gets in, and the last to fail ends the run. */
const failing = `
name: panels-failing
engine: lite
ice: relay-udp
participants: { publishers: 1, subscribers: 4 }
load: [{ ramp: 18s, to: 100% }, { hold: 5s }]
timeouts: { connect: 100ms }
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

/** Over two agents, of which one is killed. */
const fleet = `
name: panels-fleet
engine: lite
participants: { both: 4 }
load: [{ ramp: 2s, to: 100% }, { hold: 28s }]
${lenient}
`;

/** Grafana's own variables, for a step of 5 s and the time range of the test. */
const stepMs = 5_000;

requirePart(
	"prometheus",
	"coturn",
	"redis",
)("every query of every dashboard", () => {
	const cli = withCli();
	const livekit = withLiveKit();
	let turn: CoturnWith;
	let recorded: Awaited<ReturnType<typeof startRecordedCoturn>> | undefined;
	let proxy: CutProxy;
	let prometheus: PrometheusServer;
	let redis: RedisServer;
	let agents: CliRun[] = [];
	let span: { fromMs: number; toMs: number; stepMs: number };

	beforeAll(async () => {
		const ports = await Promise.all([0, 1, 2, 3].map(() => getPort({ host: "127.0.0.1" })));
		const [richPort = 0, failingPort = 0, turnPort = 0, fleetPort = 0] = ports;
		const isTelling = await coturnHasMetrics();
		turn = await startCoturnWith({
			lines: isTelling ? ["prometheus", `prometheus-port=${turnPort}`] : [],
		});
		recorded = isTelling ? undefined : await startRecordedCoturn();
		proxy = await startCutProxy(Number(new URL(livekit().url).port));
		prometheus = await startPrometheus({
			livesoak: [richPort, failingPort, fleetPort].map((port) => `127.0.0.1:${port}`),
			livekit: [new URL(livekit().metricsUrl).host],
			coturn: [recorded?.address ?? `127.0.0.1:${turnPort}`],
		});
		redis = await startRedis();
		agents = await startAgents(cli(), redis.url, ["here", "there"]);
		const fromMs = Date.now();
		const fleetFlags = ["--redis", redis.url, "--agents", "2", "--lease", "5s"];
		const fleetRun = await start(fleet, fleetPort, livekit().url, fleetFlags);
		const richRun = await start(rich, richPort, `ws://127.0.0.1:${proxy.port}`);
		const failingRun = await start(failing, failingPort, livekit().url);
		const tooSoon = richRun.ended.then(({ stderr }) => {
			throw new Error(`the run ended before all had joined:\n${stderr}`);
		});
		tooSoon.catch(() => {});
		await Promise.race([untilJoined(richRun.out, 7), tooSoon]);
		await untilJoined(fleetRun.out, 4);
		agents[1]?.kill("SIGKILL");
		proxy.cut();
		await vi.waitFor(async () => expect(await kindsOf(richRun.out)).toContain("reconnected"), {
			timeout: 15_000,
			interval: 200,
		});
		const started = (await readEvents(richRun.out)).find(({ kind }) => kind === "worker-started");
		process.kill(Number(started?.pid), "SIGKILL");
		await richRun.ended;
		await eventsOf(fleetRun, "agent-lost", 1);
		await fleetRun.ended;
		expect((await failingRun.ended).code).toBe(99);
		// One more scrape of the servers: what ended is told only now.
		await new Promise((resolve) => setTimeout(resolve, stepMs + 1_000));
		span = { fromMs: fromMs - (fromMs % stepMs), toMs: Date.now(), stepMs };
	});

	afterAll(async () => {
		await stopAgents(agents);
		await redis?.stop();
		await prometheus?.stop();
		await recorded?.stop();
		await proxy?.stop();
		await turn?.stop();
	});

	function start(yaml: string, port: number, url: string, more: readonly string[] = []) {
		const { env } = toServer(livekit());
		const uri = `turn:${turn.host}:${turn.port}?transport=udp`;
		const flags = ["--url", url, "--turn", uri, "--prometheus", `127.0.0.1:${port}`];
		return cli().startScenario(yaml, [...flags, ...more], {
			...env,
			LIVESOAK_TURN_SECRET: turn.secret,
		});
	}

	async function kindsOf(out: string): Promise<string[]> {
		return (await readEvents(out).catch(() => [])).map(({ kind }) => kind);
	}

	function untilJoined(out: string, count: number) {
		const joined = async () => (await kindsOf(out)).filter((kind) => kind === "life-joined");
		return vi.waitFor(async () => expect((await joined()).length).toBeGreaterThanOrEqual(count), {
			...{ timeout: 25_000, interval: 200 },
		});
	}

	/** As Grafana does: each variable is asked for with those before it filled in. */
	async function valuesOf(dashboard: Parameters<typeof variablesOf>[0]) {
		const values = new Map<string, string>([
			["__interval", `${stepMs / 1_000}s`],
			["__interval_ms", String(stepMs)],
			// Four scrape intervals.
			["__rate_interval", "20s"],
			["__rate_interval_ms", "20000"],
			["__range", `${Math.ceil((span.toMs - span.fromMs) / 1_000)}s`],
		]);
		for (const { name, selector, label, all } of variablesOf(dashboard)) {
			if (all !== undefined) {
				values.set(name, all);
				continue;
			}
			const found = await prometheus.labelValues(label, filledIn(selector, values));
			expect(found, `$${name}`).not.toEqual([]);
			if (name === "run") expect(found).toHaveLength(3);
			// What is asked of one run at a time has its figures in one of them.
			values.set(name, name === "stage" ? "media" : `(${found.join("|")})`);
		}
		return values;
	}

	test("answers with figures, none with an error or nothing", async () => {
		const rows: string[][] = [];
		const bad: string[] = [];
		for (const dashboard of dashboards().values()) {
			const values = await valuesOf(dashboard);
			for (const { board, panel, refId, expr } of queriesOf(dashboard)) {
				const promql = filledIn(expr, values);
				const answer = await prometheus.range(promql, span).catch((error: Error) => error);
				const series = answer instanceof Error ? [] : answer;
				// Nothing divided by nothing is no figure.
				const told = series.filter((one) => one.values.some(([, value]) => value !== "NaN"));
				rows.push([board.replace("livesoak · ", ""), panel, refId, String(told.length)]);
				const why = answer instanceof Error ? answer.message : "no series with a figure";
				if (told.length === 0) bad.push(`${board}, ${panel}, ${refId}: ${why}\n  ${promql}`);
			}
		}
		const source = recorded ? "coturn: as recorded of 4.10.0" : "coturn: live";
		const table = tableOf("dashboard, panel, query, series", rows).join("\n");
		process.stdout.write(`\n${table}\n\n${rows.length} queries; ${source}\n`);
		expect(bad.join("\n")).toBe("");
		expect(rows.length).toBeGreaterThan(80);
	});

	test("agents: the killed one is lost, one can be chosen, and a run without any has nothing to show", async () => {
		const live = dashboards().get("live-run.json");
		if (!live) throw new Error("there is no Live run");
		const about = new Set(
			panelsOf(live).flatMap(({ title, fieldConfig }) =>
				fieldConfig?.defaults?.noValue?.startsWith("No agents") ? [title] : [],
			),
		);
		const queries = queriesOf(live).filter(({ panel }) => about.has(panel));
		expect(queries.length).toBeGreaterThan(8);
		const values = await valuesOf(live);
		const ask = (expr: string, chosen: Readonly<Record<string, string>>) =>
			prometheus.range(filledIn(expr, new Map([...values, ...Object.entries(chosen)])), span);
		const lost = queries.find(({ panel }) => panel === "How many agents are lost?");
		const [{ values: counts = [] } = {}] = await ask(lost?.expr ?? "", {});
		expect(counts.map(([, count]) => count)).toContain("0");
		expect(counts.at(-1)?.[1]).toBe("1");
		const [local = ""] = await prometheus.labelValues(
			"run",
			'livesoak_build_info{scenario="panels-rich"}',
		);
		expect(local).not.toBe("");
		for (const { panel, expr } of queries) {
			expect(await ask(expr, { run: local }), panel).toEqual([]);
			const here = await ask(expr, { agent: "here" });
			expect(here, panel).toHaveLength(1);
			expect(["here", undefined]).toContain(here[0]?.metric.agent);
		}
	});
});
