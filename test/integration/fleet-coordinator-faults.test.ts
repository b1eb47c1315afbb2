import { afterEach, expect, onTestFailed, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { type CliRun, lenient } from "../rig/cli.js";
import { seconds, withFaultTable } from "../rig/fault-rows.js";
import { said, withFleet } from "../rig/fleet.js";
import {
	activeIdentities,
	allPackets,
	eventsOf,
	fullHouse,
	joinedIdentities,
} from "../rig/fleet-run.js";
import { copyAsVersion, type OtherVersion, startCopy } from "../rig/other-version.js";
import { requirePart } from "../rig/real-parts.js";
import {
	type EventLine,
	expectConserved,
	readEvents,
	readSeconds,
	readSummary,
	resultFolder,
} from "../rig/result.js";

const scenario = (hold: string, more = "") => `
name: fleet-coordinator-faults
rooms: 3
participants: { both: 4 }
engine: lite
audio: { source: tone }
load: [{ ramp: 1s, to: 100% }, { hold: ${hold} }]
thresholds: { connect.media: ["failed < 20%"] }
${more}
${lenient}
`;

/** Packets that a participant sends between its last reading and its leave, at 50 a second. */
const partingPackets = 25;

requirePart("redis")("faults of coordinators", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	let other: OtherVersion | undefined;
	afterEach(async () => {
		await other?.stop();
		other = undefined;
		await fleet().stopAgents();
	});

	test("killed twice: resumed at once, and after the lease; all is there once, and nobody else leads meanwhile", async () => {
		const agents = await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, log } = fleet();
		const from = log.length;
		const packetsBefore = await fleet().packetsIn();
		const yaml = scenario("22s", "life: { stay: { uniform: [3s, 6s] } }");
		const run = await cli.startScenario(yaml, [...args, "--agents", "2", "--lease", "5s"], env);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 12);
		const folder = await resultFolder(run.out);
		const resume = ["run", "--resume", folder, ...args, "--lease", "5s"];
		const expectRefused = async () => {
			const { code, stderr } = await cli.run(resume, env);
			expect(code, stderr).toBe(1);
			expect(stderr).toContain("Another livesoak leads the run");
		};
		const goingOn = async () => {
			const times = (await resumedEvents(run)).length + 1;
			const next = cli.start(resume, env);
			onTestFailed(() => void process.stderr.write(`resumed: ${next.stderr()}\n`));
			await vi.waitFor(
				async () => expect(await resumedEvents(run), next.stderr()).toHaveLength(times),
				{ timeout: 60_000, interval: 100 },
			);
			return next;
		};
		await expectRefused();
		run.kill("SIGKILL");
		await run.ended;
		const killedAtMs = Date.now();
		const second = await goingOn();
		const goneOnMs = Date.now() - killedAtMs;
		await expectRefused();
		await vi.waitFor(async () => expect((await readSeconds(run.out)).at(-1)?.alive).toBe(12), {
			...{ timeout: 30_000, interval: 100 },
		});
		second.kill("SIGKILL");
		await second.ended;
		// Nobody is there: they end by their lease, and what they have to tell waits in Redis.
		const killedAgainAtMs = Date.now();
		const ended = agents.map((agent) => said(agent, /5 s; everybody leaves.*all is reported/s));
		const endedMs = Math.max(...(await Promise.all(ended))) - killedAgainAtMs;
		const end = await (await goingOn()).ended;
		expect(end.code, end.stderr).toBe(0);

		const summary = await readSummary(run.out);
		expectConserved(summary);
		const { lost, takenOver, joined, notStarted } = summary.participants;
		expect(summary.participants).toMatchObject({ failed: 0, unfinished: 0 });
		expect(summary.lostCauses).toEqual([{ cause: "tester-killed", count: lost }]);
		expect(summary.resumed).toHaveLength(2);
		expect(lost).toBeGreaterThan(0);
		expect(lost).toBeLessThanOrEqual(24);
		// Those who were in a room, and those who came after the last second that was saved.
		expect(takenOver).toBeGreaterThanOrEqual(lost);
		expect(end.stderr).not.toContain("never came");
		// Everybody whom the server saw is counted, also those of between a kill and the way on; but for those who were
		// still joining when they were told to end, and count as not started.
		const active = activeIdentities(fleet(), from);
		const ours = await joinedIdentities(run);
		expect(ours).toHaveLength(joined);
		expect(beyond(ours, active)).toEqual([]);
		expect(beyond(active, ours).length).toBeLessThanOrEqual(notStarted);
		expect(notStarted).toBeLessThan(8);
		const { totals, damaged } = await rebuildTotals(folder);
		expect(damaged).toBe(0);
		expect(totals.toSummary()).toEqual(summary.metrics);
		const arrived = (await allPackets(fleet())) - packetsBefore;
		const missing = arrived - summary.packets.sent;
		expect(missing).toBeGreaterThan(-100);
		expect(missing).toBeLessThan(active.length * partingPackets);
		await Promise.all(agents.map((agent) => said(agent, /is over/)));
		expect(await fleet().leftOfRuns()).toEqual([]);
		const both = `${lost} participants end with the two killed ones, ${takenOver} are begun again; no measurement`;
		tell({
			fault: "coordinator killed (-9), `--resume` at once",
			lost: both,
			back: `goes on ${seconds(goneOnMs)} after the kill`,
		});
		tell({
			fault: "coordinator killed (-9), `--resume` after the lease",
			lost: "as above; agents keep what they measured until their lease ended",
			noticedMs: endedMs,
			back: "goes on when it is resumed",
		});
		tell({
			fault: "a second coordinator for the same run",
			lost: "nothing",
			back: "refused, exit 1; the first goes on",
		});
	}, 180_000);

	test("one that stood still while another took its run over ends when it goes on, and disturbs nothing", async () => {
		const agents = await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, log } = fleet();
		const from = log.length;
		const run = await cli.startScenario(scenario("15s"), [...args, "--agents", "2"], env);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 12);
		const folder = await resultFolder(run.out);
		run.kill("SIGSTOP");
		const second = cli.start(["run", "--resume", folder, ...args], env);
		onTestFailed(() => void process.stderr.write(`resumed: ${second.stderr()}\n`));
		await vi.waitFor(
			async () => {
				expect(await resumedEvents(run), second.stderr()).toHaveLength(1);
				expect((await readSeconds(run.out)).at(-1)?.alive).toBe(12);
			},
			{ timeout: 60_000, interval: 100 },
		);
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

	test("two at once want the same agents: one gets them all, the other waits; who cannot wait is told", async () => {
		await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env } = fleet();
		const yaml = scenario("4s");
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
			scenario("1s"),
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

async function resumedEvents({ out }: CliRun): Promise<EventLine[]> {
	return (await readEvents(out)).filter(({ kind }) => kind === "run-resumed");
}

/** What is in `these` more often than in `those`. */
function beyond(these: readonly string[], those: readonly string[]): string[] {
	const rest = [...those];
	return these.filter((one) => {
		const at = rest.indexOf(one);
		if (at >= 0) rest.splice(at, 1);
		return at < 0;
	});
}
