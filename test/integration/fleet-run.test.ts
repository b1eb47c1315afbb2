import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makePlan } from "../../src/plan/make-plan.js";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { type CliEnd, type CliRun, leftBehind, lenient, toServer, withCli } from "../rig/cli.js";
import { startAgents, stopAgents } from "../rig/fleet-agents.js";
import { requirePart, withLiveKit } from "../rig/real-parts.js";
import { type RedisServer, startRedis } from "../rig/redis-server.js";
import {
	type EventLine,
	expectConserved,
	expectNoSecret,
	readEvents,
	readSeconds,
	readSummary,
	resultFolder,
} from "../rig/result.js";

const scenario = (hold: string, more = "") => `
name: fleet
rooms: 2
participants: { publishers: 2, subscribers: 4 }
engine: lite
load: [{ ramp: 3s, to: 100% }, { hold: ${hold} }]
thresholds: { connect.media: ["failed < 1%"] }
${more}
${lenient}
`;

const names = ["web-1", "web-2", "web-3"];

requirePart("redis")("a run over agents", () => {
	// Agents live through all tests.
	const cli = withCli(600_000);
	const server = withLiveKit();
	let redis: RedisServer;
	let agents: CliRun[] = [];
	beforeAll(async () => {
		redis = await startRedis({ appendOnly: true });
		agents = await startAgents(cli(), redis.url, names);
	}, 60_000);
	afterAll(async () => {
		await stopAgents(agents);
		await redis.stop();
	});

	const fleet = (...more: string[]) => {
		const { args, env } = toServer(server());
		return { args: [...args, "--redis", redis.url, ...more], env };
	};

	/** Who joined, and how long after the run's start. */
	const joins = (events: readonly EventLine[]) => {
		const startedMs = events.find(({ kind }) => kind === "run-started")?.atMs ?? 0;
		const joined = events.filter(({ kind }) => kind === "life-joined");
		return new Map(
			joined.map(({ seat, life, atMs, connectMs }) => [
				`${seat}:${life}`,
				// When it began, which the plan says.
				atMs - Number(connectMs) - startedMs,
			]),
		);
	};

	test("the same plan over 3 agents as on one machine: the same lives at the same times, counted the same", async () => {
		const yaml = scenario("2s");
		const here = toServer(server());
		const local = await cli().runScenario(yaml, [...here.args], here.env);
		const { args, env } = fleet("--agents", "3");
		const over = await cli().runScenario(yaml, args, env);
		expect([local.code, over.code], over.stderr).toEqual([0, 0]);
		expect(over.stderr).toContain("agents: 3 of 3");
		const [one, three] = [await figures(local), await figures(over)];
		expect(three.summary.participants).toEqual(one.summary.participants);
		expectConserved(three.summary);
		expect(three.summary.tester).toMatchObject({ agents: 3, agentsLost: 0, workersDied: 0 });
		expect([...three.joins.keys()].sort()).toEqual([...one.joins.keys()].sort());
		// Time 0 lies 50 ms after the start here, and 2.5 s over agents; hosts are shared, so a join may be late.
		const plan = makePlan(JSON.parse(three.run).scenario);
		for (const seat of plan.seats)
			for (const { number, startMs } of plan.livesOf(seat)) {
				const atMs = three.joins.get(`${seat.index}:${number}`) ?? Number.NaN;
				expect(atMs - 2_500 - startMs).toBeGreaterThan(-200);
				expect(atMs - 2_500 - startMs).toBeLessThan(2_000);
			}
		const info = JSON.parse(three.run);
		expect(info.agents.map(({ name }: { name: string }) => name).sort()).toEqual(names);
		for (const { seats, clockOffsetMs, clockErrorMs } of info.agents) {
			expect(seats).toBe(4);
			expect(Math.abs(clockOffsetMs)).toBeLessThan(50 + clockErrorMs);
		}
		const { totals, damaged } = await rebuildTotals(await resultFolder(over.out));
		expect(damaged).toBe(0);
		expect(totals.toSummary()).toEqual(three.summary.metrics);
		const { apiSecret } = server();
		expectNoSecret(over.stderr + three.run, [apiSecret]);
		for (const agent of agents) expectNoSecret(agent.stdout() + agent.stderr(), [apiSecret]);
	}, 90_000);

	test("an agent that is killed is counted lost, once, and the others take its part over", async () => {
		const { args, env } = fleet("--agents", "3", "--lease", "5s");
		const yaml = scenario("22s", "pool: { onAgentLoss: replace }");
		const run = await cli().startScenario(yaml, args, env);
		await fullHouse(run, 12);
		const killedAtMs = Date.now();
		agents.at(-1)?.kill("SIGKILL");
		agents = agents.slice(0, -1);
		const end = await run.ended;
		// A fourth of the participants lost by the tester's own fault: that says nothing of the server.
		expect(end.code, end.stderr).toBe(3);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			participants: { planned: 12, takenOver: 4, joined: 16, lost: 4, left: 12, failed: 0 },
			lostCauses: [{ cause: "agent-lost", count: 4 }],
			tester: { agents: 3, agentsLost: 1 },
		});
		const events = await readEvents(run.out);
		const lost = events.find(({ kind }) => kind === "agent-lost");
		expect(lost).toMatchObject({ agent: "web-3", participantsLost: 4 });
		const noticedMs = (lost?.atMs ?? 0) - killedAtMs;
		expect(noticedMs).toBeGreaterThan(5_000);
		expect(noticedMs).toBeLessThan(12_000);
		const replacing = events.filter(({ kind }) => kind === "agent-replaced");
		expect(replacing.reduce((sum, { seats }) => sum + Number(seats), 0)).toBe(4);
		const alive = (await readSeconds(run.out)).map((second) => second.alive);
		expect(alive).toContain(8);
		expect(alive.lastIndexOf(12)).toBeGreaterThan(alive.indexOf(8));
	}, 90_000);

	test("a coordinator that is killed goes on with --resume, and counts everybody once", async () => {
		const { args, env } = fleet("--agents", "2");
		const run = await cli().startScenario(scenario("9s"), args, env);
		await fullHouse(run, 12);
		run.kill("SIGKILL");
		await run.ended;
		const folder = await resultFolder(run.out);
		const before = await rebuildTotals(folder);
		const end = await cli().run(["run", "--resume", folder, ...args], env);
		expect(end.stderr).toContain("going on at");
		expect(end.code, end.stderr).toBe(0);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary.participants).toMatchObject({
			...{ planned: 12, takenOver: 12, joined: 24, lost: 12, left: 12 },
		});
		expect(summary.lostCauses).toEqual([{ cause: "tester-killed", count: 12 }]);
		expect(summary.packets.received).toBeGreaterThan(
			before.totals.counter("packets", { direction: "received" }),
		);
		const { totals } = await rebuildTotals(folder);
		expect(totals.counter("packets", { direction: "received" })).toBe(summary.packets.received);
		expect((await readSeconds(run.out)).at(-1)?.heard).toBeDefined();
	}, 120_000);

	test("Ctrl-C while it waits for agents gives them back; after all runs Redis holds nothing of them", async () => {
		const { args, env } = fleet("--agents", "9");
		const run = await cli().startScenario(scenario("5s"), args, env);
		await vi.waitFor(() => expect(run.stderr()).toContain("agents: 2 of 9"), {
			...{ timeout: 20_000, interval: 100 },
		});
		run.kill("SIGINT");
		const end = await run.ended;
		expect(end.code).toBe(130);
		expect(leftBehind(end)).toEqual([]);
		await vi.waitFor(
			async () => expect(await redis.cli("--scan", "--pattern", "*run-*")).toBe(""),
			{ timeout: 5_000, interval: 200 },
		);
	}, 90_000);

	test("what other machines cannot do is told before anything is started", async () => {
		const { env } = fleet();
		const noUrl = await cli().runScenario(scenario("1s"), ["--redis", redis.url]);
		expect(noUrl).toMatchObject({ code: 2 });
		expect(noUrl.stderr).toContain("--redis needs --url");
		const wav = await cli().runScenario(
			scenario("1s", "audio: { source: speech.wav }"),
			fleet().args,
			env,
		);
		expect(wav).toMatchObject({ code: 2 });
		expect(wav.stderr).toContain("agents read no files");
		const few = await cli().runScenario(
			scenario("1s"),
			fleet("--agents", "9", "--wait", "1s").args,
			env,
		);
		expect(few).toMatchObject({ code: 1 });
		expect(few.stderr).toContain("2 of 9 agents were there within 1 s");
	}, 60_000);

	async function fullHouse(run: CliRun, alive: number): Promise<void> {
		await vi.waitFor(
			async () => {
				const full = (await readSeconds(run.out)).filter((second) => second.alive === alive);
				expect(full.length).toBeGreaterThanOrEqual(2);
			},
			{ timeout: 40_000, interval: 100 },
		);
	}

	async function figures({ out }: CliEnd) {
		const folder = await resultFolder(out);
		return {
			summary: await readSummary(out),
			joins: joins(await readEvents(out)),
			run: await readFile(join(folder, "run.json"), "utf8"),
		};
	}
});
