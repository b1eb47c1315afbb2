import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, onTestFailed, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { leftBehind, lenient } from "../rig/cli.js";
import { seconds, withFaultTable } from "../rig/fault-rows.js";
import { type FleetAgent, said, withFleet } from "../rig/fleet.js";
import {
	activeIdentities,
	allPackets,
	eventsOf,
	fullHouse,
	joinedIdentities,
	takenOverSeats,
} from "../rig/fleet-run.js";
import { isRunning } from "../rig/gone.js";
import { requirePart } from "../rig/real-parts.js";
import { expectConserved, readSeconds, readSummary, resultFolder } from "../rig/result.js";

const leaseMs = 8_000;
/** The coordinator gives an agent up so long after its lease, looks each second, and had its last word before. */
const noticedWithinMs = leaseMs + 3_000 + 2_000 + 5_000;
/** Packets that a participant sends between its last reading and its leave, at 50 a second. */
const partingPackets = 25;

const scenario = (of: { rooms: number; both: number; hold: string; more?: string }) => `
name: fleet-faults
rooms: ${of.rooms}
participants: { both: ${of.both} }
engine: lite
audio: { source: tone }
load: [{ ramp: 2s, to: 100% }, { hold: ${of.hold} }]
thresholds: { connect.media: ["failed < 1%"] }
${of.more ?? ""}
${lenient}
`;

requirePart("redis")("faults of agents", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	afterEach(() => fleet().stopAgents());

	test("killed, hung, cut off for less and for more than the lease: what each loses, and the rest goes on", async () => {
		const [killed, hung, blinking, cutOff, early, calm] = (await fleet().startAgents(
			...[{ name: "killed" }, { name: "hung" }, { name: "blinking", lite: 300 }],
			...[{ name: "cut-off", lite: 300 }, { name: "early" }, { name: "calm" }],
		)) as [FleetAgent, FleetAgent, FleetAgent, FleetAgent, FleetAgent, FleetAgent];
		const { cli, args, env } = fleet();
		const packetsBefore = await fleet().packetsIn();
		const run = await cli.startScenario(
			scenario({ rooms: 10, both: 4, hold: "33s" }),
			[...args, "--agents", "6", "--lease", `${leaseMs / 1_000}s`],
			env,
		);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 40);
		const workers = hung.workers();
		expect(workers.length).toBeGreaterThan(0);
		const killedWorkers = killed.workers();
		const atMs = Date.now();
		killed.run.kill("SIGKILL");
		hung.run.kill("SIGSTOP");
		blinking.proxy.cut();
		cutOff.proxy.cut("silent");
		early.proxy.cut();
		await sleep(3_000);
		blinking.proxy.mend();
		// Beyond its lease, and before the coordinator gives it up.
		await sleep(atMs + leaseMs + 300 - Date.now());
		early.proxy.mend();
		const lost = await eventsOf(run, "agent-lost", 4);
		// Its workers have ended by themselves: nobody renewed their lease.
		await vi.waitFor(() => expect(workers.filter(isRunning)).toEqual([]), {
			...{ timeout: 15_000, interval: 100 },
		});
		const wellAtMs = Date.now();
		hung.run.kill("SIGCONT");
		cutOff.proxy.mend();
		const backMs = await Promise.all(
			[hung, cutOff, early].map((agent) => said(agent, /all is reported|is over/)),
		);
		const end = await run.ended;
		expect(end.code, end.stderr).toBe(3);
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			verdict: "invalid",
			participants: { planned: 40, takenOver: 0, joined: 40, failed: 0, lost: 24, left: 16 },
			lostCauses: [{ cause: "agent-lost", count: 24 }],
			tester: { agents: 6, agentsLost: 4 },
		});
		expect(summary.invalidities.map(({ rule }) => rule)).toContain("lost-to-tester");

		const seats = { killed: 4, hung: 4, "cut-off": 12, early: 4 };
		const ofAgent = new Map(lost.map((event) => [event.agent, event]));
		expect([...ofAgent.keys()].sort()).toEqual(Object.keys(seats).sort());
		for (const [name, participantsLost] of Object.entries(seats)) {
			const event = ofAgent.get(name);
			expect(event).toMatchObject({ participantsLost });
			expect((event?.atMs ?? Infinity) - atMs).toBeLessThan(noticedWithinMs);
		}
		expect(activeIdentities(fleet())).toEqual(await joinedIdentities(run));

		// Of the killed one up to two seconds are not told; of the others nothing is missing, and nothing is twice.
		const arrived = (await allPackets(fleet())) - packetsBefore;
		const missing = arrived - summary.packets.sent;
		expect(missing).toBeGreaterThan(-100);
		expect(missing).toBeLessThan(40 * partingPackets + 4 * 50 * 2);
		// What a cut has kept back for 3 s is more than that bound.
		expect(12 * 50 * 3).toBeGreaterThan(40 * partingPackets + 4 * 50 * 2);
		const { totals, damaged } = await rebuildTotals(await resultFolder(run.out));
		expect(damaged).toBe(0);
		expect(totals.toSummary()).toEqual(summary.metrics);

		expect((await readSeconds(run.out)).at(-3)?.alive).toBe(16);
		for (const agent of [blinking, calm]) {
			expect(agent.run.stdout()).not.toContain("everybody leaves");
			await said(agent, /is over/);
		}
		expect(killedWorkers.filter(isRunning)).toEqual([]);
		expect(leftBehind(end)).toEqual([]);
		expect(await fleet().leftOfRuns()).toEqual([]);

		const noticedMs = (name: string) => (ofAgent.get(name)?.atMs ?? Number.NaN) - atMs;
		const [hungBack = 0, cutBack = 0, earlyBack = 0] = backMs;
		const unread = `${missing} packets of ${arrived} not in the result, with those after each last reading`;
		tell({
			fault: "agent killed (-9)",
			lost: `its participants from then on; all agents together: ${unread}`,
			noticedMs: noticedMs("killed"),
			back: "never; the rest goes on",
		});
		tell({
			fault: "agent hung (SIGSTOP)",
			lost: "its participants, from its lease on",
			noticedMs: noticedMs("hung"),
			back: `free ${seconds(hungBack - wellAtMs)} after SIGCONT`,
		});
		tell({ fault: "cut off from Redis for 3 s", lost: "nothing", back: "no pause" });
		tell({
			fault: "cut off for longer than the lease",
			lost: "its participants, from its lease on",
			noticedMs: noticedMs("early"),
			back: `free ${seconds(earlyBack - atMs - leaseMs - 300)} after Redis was back`,
		});
		tell({
			fault: "cut off (silent) until it was given up",
			lost: "its participants, from its lease on",
			noticedMs: noticedMs("cut-off"),
			back: `free ${seconds(cutBack - wellAtMs)} after Redis was back`,
		});
	}, 120_000);
	test("replace: other agents live the seats, late ones too, and nobody is on a seat twice at a time", async () => {
		const six = (name: string) => ({ name, lite: 6 });
		const [killed, hung, cutOff] = (await fleet().startAgents(
			...["killed", "hung", "cut-off", "calm"].map(six),
		)) as [FleetAgent, FleetAgent, FleetAgent];
		const { cli, args, env, log } = fleet();
		const logStart = log.length;
		const run = await cli.startScenario(
			scenario({ rooms: 6, both: 4, hold: "38s", more: "pool: { onAgentLoss: replace }" }),
			[...args, "--agents", "4", "--lease", "5s"],
			env,
		);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 24);
		const killedPids = [killed.run.pid, ...killed.workers()];
		const atMs = Date.now();
		killed.run.kill("SIGKILL");
		hung.run.kill("SIGSTOP");
		cutOff.proxy.cut();
		// Those that are there are full: one waits from now on, the others come after the loss.
		await fleet().startAgents(six("late-1"));
		const lost = await eventsOf(run, "agent-lost", 3);
		const short = await eventsOf(run, "capacity-short", 1);
		expect(short[0]).toMatchObject({ engine: "lite" });
		expect(killedPids.filter(isRunning)).toEqual([]);
		await fleet().startAgents(six("late-2"), six("late-3"));
		const replaced = await eventsOf(run, "agent-replaced", 3);
		hung.run.kill("SIGCONT");
		cutOff.proxy.mend();
		await vi.waitFor(async () => expect((await readSeconds(run.out)).at(-1)?.alive).toBe(24), {
			timeout: 30_000,
			interval: 200,
		});
		const fullAgainMs = Date.now();
		await Promise.all([hung, cutOff].map((agent) => said(agent, /all is reported|is over/)));
		await run.ended;
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			participants: { planned: 24, takenOver: 18, joined: 42, failed: 0, lost: 18, left: 24 },
			lostCauses: [{ cause: "agent-lost", count: 18 }],
			tester: { agentsLost: 3 },
		});
		expect(replaced.map(({ lost: whose }) => whose).sort()).toEqual(["cut-off", "hung", "killed"]);
		expect(replaced.map(({ agent }) => agent).sort()).toEqual(["late-1", "late-2", "late-3"]);

		const active = activeIdentities(fleet(), logStart);
		expect(active).toEqual(await joinedIdentities(run));
		expect(new Set(active).size).toBe(42);
		// Who lives leaves before another one comes; of the killed ones the server hears nothing.
		const { before, without } = takenOverSeats(log.slice(logStart));
		expect(before).toHaveLength(12);
		expect(without).toHaveLength(6);
		expect(await fleet().leftOfRuns()).toEqual([]);
		tell({
			fault: "three of four agents gone, `onAgentLoss: replace`",
			lost: "their participants, until they are taken over",
			noticedMs: Math.max(...lost.map((event) => event.atMs)) - atMs,
			back: `everybody is there again ${seconds(fullAgainMs - atMs)} after the faults`,
		});
	}, 150_000);
});
