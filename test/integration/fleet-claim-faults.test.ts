import { afterEach, expect, onTestFailed, test, vi } from "vitest";
import { seconds, withFaultTable } from "../rig/fault-rows.js";
import { withFleet } from "../rig/fleet.js";
import { eventsOf, twelveOf } from "../rig/fleet-run.js";
import { copyAsVersion, type OtherVersion, startCopy } from "../rig/other-version.js";
import { requirePart } from "../rig/real-parts.js";
import { readEvents, readSummary } from "../rig/result.js";

requirePart("redis")("who gets which agents", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	let other: OtherVersion | undefined;
	afterEach(async () => {
		await other?.stop();
		other = undefined;
		await fleet().stopAgents();
	});

	test("two at once want the same agents: one gets them all, the other waits; who cannot wait is told", async () => {
		await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env } = fleet();
		const yaml = twelveOf("4s");
		const both = [...args, "--agents", "2", "--wait"];
		const runs = [
			await cli.startScenario(yaml, [...both, "60s"], env),
			await cli.startScenario(yaml, [...both, "60s"], env),
		];
		for (const run of runs) onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await Promise.race(runs.map((run) => eventsOf(run, "run-started", 1)));
		const hasty = await cli.runScenario(yaml, [...both, "1s"], env);
		expect(hasty.code).toBe(1);
		expect(hasty.stderr).toContain("web-1 is taken by another run");
		const ends = await Promise.all(runs.map(({ ended }) => ended));
		expect(
			ends.map(({ code }) => code),
			ends.map(({ stderr }) => stderr).join(),
		).toEqual([0, 0]);
		const times = await Promise.all(
			runs.map(async ({ out }) => {
				const summary = await readSummary(out);
				expect(summary.participants).toMatchObject({ joined: 12, lost: 0, left: 12 });
				const at = (await readEvents(out)).filter(({ kind }) => /^run-(started|ended)$/.test(kind));
				return at.map(({ atMs }) => atMs);
			}),
		);
		const [[, endedMs = Number.NaN] = [], [startedMs = Number.NaN] = []] = times.toSorted(
			([a = 0], [b = 0]) => a - b,
		);
		expect(startedMs).toBeGreaterThan(endedMs);
		expect(await fleet().leftOfRuns()).toEqual([]);
		tell({
			fault: "two runs want the same agents",
			lost: "nothing",
			back: `the later one begins ${seconds(startedMs - endedMs)} after the end of the other`,
		});
	}, 120_000);

	test("an agent of another version is not taken, and both versions are named", async () => {
		await fleet().startAgents({ name: "web-1" });
		const { cli, args, env, redis } = fleet();
		const copy = await copyAsVersion(cli.folder, "0.0.9");
		other = startCopy(copy, ["agent", "--redis", redis.url, "--name", "old"]);
		await vi.waitFor(() => expect(other?.printed()).toContain("is ready at"), {
			...{ timeout: 60_000, interval: 100 },
		});
		const end = await cli.runScenario(
			twelveOf("1s"),
			[...args, "--agents", "2", "--wait", "2s"],
			env,
		);
		expect(end.code).toBe(1);
		expect(end.stderr).toMatch(
			/1 of 2 agents .*old runs livesoak 0\.0\.9, and this is \d+\.\d+\.\d+/,
		);
		// One that asks all the same is told so by the agent.
		tell({
			fault: "agent of another version",
			lost: "nothing",
			back: "never taken; both versions named",
		});
	}, 90_000);
});
