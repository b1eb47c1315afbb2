import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, onTestFailed, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import type { CliRun } from "../rig/cli.js";
import { type CuttableProxy, startCuttableProxy } from "../rig/cuttable-proxy.js";
import { withFaultTable } from "../rig/fault-rows.js";
import { said, withFleet } from "../rig/fleet.js";
import {
	activeIdentities,
	fullHouse,
	joinedIdentities,
	resumedEvents,
	twelveOf,
} from "../rig/fleet-run.js";
import { requirePart } from "../rig/real-parts.js";
import { expectConserved, readSeconds, readSummary, resultFolder } from "../rig/result.js";

requirePart("redis")("a coordinator that does not know whether it still leads", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	let proxies: CuttableProxy[] = [];
	afterEach(async () => {
		await fleet().stopAgents();
		await Promise.all(proxies.map((proxy) => proxy.close()));
		proxies = [];
	});

	/** A run on two agents, all of it in its rooms, whose own way to Redis can be cut. */
	async function cuttable(hold: string) {
		await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, redis } = fleet();
		const proxy = await startCuttableProxy(redis.port);
		proxies.push(proxy);
		const through = args.map((arg) => arg.replace(`:${redis.port}`, `:${proxy.port}`));
		const run = await cli.startScenario(twelveOf(hold), [...through, "--agents", "2"], env);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 12);
		return { run, proxy, folder: await resultFolder(run.out) };
	}

	/** Resolves when the second one goes on with the run, and all of it is back in its rooms. */
	async function takenOver(run: CliRun, second: CliRun) {
		onTestFailed(() => void process.stderr.write(`resumed: ${second.stderr()}\n`));
		await vi.waitFor(
			async () => {
				expect(await resumedEvents(run), second.stderr()).toHaveLength(1);
				expect((await readSeconds(run.out)).at(-1)?.alive).toBe(12);
			},
			{ timeout: 60_000, interval: 100 },
		);
	}

	test("one that stood still while another took its run over ends when it goes on, and disturbs nothing", async () => {
		const agents = await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, log } = fleet();
		const from = log.length;
		const run = await cli.startScenario(twelveOf("15s"), [...args, "--agents", "2"], env);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 12);
		const folder = await resultFolder(run.out);
		run.kill("SIGSTOP");
		const second = cli.start(["run", "--resume", folder, ...args], env);
		await takenOver(run, second);
		const atMs = Date.now();
		run.kill("SIGCONT");
		const first = await run.ended;
		const endedMs = Date.now() - atMs;
		expect(first.code, first.stderr).toBe(1);
		expect(first.stderr).toContain("Another livesoak has taken over the run");
		const end = await second.ended;
		expect(end.code, end.stderr).toBe(0);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			participants: { planned: 12, takenOver: 12, joined: 24, lost: 12, left: 12 },
			tester: { agentsLost: 0 },
		});
		expect(await joinedIdentities(run)).toEqual(activeIdentities(fleet(), from));
		const { totals, damaged } = await rebuildTotals(folder);
		expect(damaged).toBe(0);
		expect(totals.toSummary()).toEqual(summary.metrics);
		await Promise.all(agents.map((agent) => said(agent, /is over/)));
		expect(await fleet().leftOfRuns()).toEqual([]);
		tell({
			fault: "coordinator hung (SIGSTOP), `--resume` elsewhere, SIGCONT",
			lost: "12 participants end with the old one and are begun again; no measurement",
			noticedMs: endedMs,
			back: "it ends, exit 1; the other goes on",
		});
	}, 150_000);

	test("cut off from Redis while another one takes its run over: it writes nothing any more, and ends when Redis is back", async () => {
		const { run, proxy, folder } = await cuttable("12s");
		proxy.cut();
		const resume = ["run", "--resume", folder, ...fleet().args];
		// It has read the folder before the one that is cut off writes for the last time.
		const early = await fleet().cli.run(resume, fleet().env);
		expect(early.code).toBe(1);
		expect(early.stderr).toContain("until just now, and went on with its folder");
		const second = fleet().cli.start(resume, fleet().env);
		await takenOver(run, second);
		const cutUntilMs = Date.now();
		proxy.mend();
		const first = await run.ended;
		expect(first.code, first.stderr).toBe(1);
		expect(first.stderr).toContain("Another livesoak has taken over the run");
		const noticedMs = Date.now() - cutUntilMs;
		const end = await second.ended;
		expect(end.code, end.stderr).toBe(0);
		// Of two that write, each has a time 0 of its own.
		const [{ atMs: resumedAtMs } = expect.fail("not resumed")] = await resumedEvents(run);
		const after = (await readSeconds(run.out)).filter(({ atMs }) => atMs > resumedAtMs);
		const starts = new Set(
			after.map(({ atMs, elapsedMs }) => Math.round((atMs - elapsedMs) / 100)),
		);
		expect(after.length).toBeGreaterThan(5);
		expect([...starts]).toHaveLength(1);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		const { totals, damaged } = await rebuildTotals(folder);
		expect(damaged).toBe(0);
		expect(totals.toSummary()).toEqual(summary.metrics);
		expect(await fleet().leftOfRuns()).toEqual([]);
		tell({
			fault: "coordinator cut off, `--resume` elsewhere, Redis back",
			lost: "12 participants end with the old one and are begun again; no measurement",
			noticedMs,
			back: "it ends, exit 1; the other goes on",
		});
	}, 150_000);

	test("cut off from Redis for 7 s, and nobody takes its run over: it goes on, with all that was measured meanwhile", async () => {
		const { run, proxy } = await cuttable("14s");
		proxy.cut("silent");
		const cutAtMs = Date.now();
		await sleep(7_000);
		proxy.mend();
		const mendedAtMs = Date.now();
		const end = await run.ended;
		expect(end.code, end.stderr).toBe(0);
		const written = (await readSeconds(run.out)).map(({ atMs }) => atMs);
		// Its lock ends 5 s after the last pulse that Redis took, which was before the cut.
		expect(written.filter((atMs) => atMs > cutAtMs + 5_000 && atMs < mendedAtMs)).toEqual([]);
		expect(written.filter((atMs) => atMs > mendedAtMs).length).toBeGreaterThan(2);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			participants: { planned: 12, takenOver: 0, joined: 12, lost: 0, left: 12 },
			tester: { agentsLost: 0 },
		});
		expect(await fleet().leftOfRuns()).toEqual([]);
	}, 90_000);
});
