import { afterEach, expect, onTestFailed, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { seconds, withFaultTable } from "../rig/fault-rows.js";
import { said, withFleet } from "../rig/fleet.js";
import {
	activeIdentities,
	allPackets,
	fullHouse,
	joinedIdentities,
	resumedEvents,
	twelveOf,
} from "../rig/fleet-run.js";
import { requirePart } from "../rig/real-parts.js";
import { expectConserved, readSeconds, readSummary, resultFolder } from "../rig/result.js";

/** Packets that a participant sends between its last reading and its leave, at 50 a second. */
const partingPackets = 25;

requirePart("redis")("faults of coordinators", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	afterEach(() => fleet().stopAgents());

	test("killed twice: resumed at once, and after the lease; all is there once, and nobody else leads meanwhile", async () => {
		const agents = await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, log } = fleet();
		const from = log.length;
		const packetsBefore = await fleet().packetsIn();
		const yaml = twelveOf("22s", "life: { stay: { uniform: [3s, 6s] } }");
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
});

/** What is in `these` more often than in `those`. */
function beyond(these: readonly string[], those: readonly string[]): string[] {
	const rest = [...those];
	return these.filter((one) => {
		const at = rest.indexOf(one);
		if (at >= 0) rest.splice(at, 1);
		return at < 0;
	});
}
