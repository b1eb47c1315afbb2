import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, onTestFailed, test } from "vitest";
import { lenient } from "../rig/cli.js";
import { seconds, withFaultTable } from "../rig/fault-rows.js";
import { said, withFleet } from "../rig/fleet.js";
import { activeIdentities, allPackets, fullHouse, joinedIdentities } from "../rig/fleet-run.js";
import { requirePart } from "../rig/real-parts.js";
import { expectConserved, readSeconds, readSummary } from "../rig/result.js";

/** Somebody comes or goes all the time, so that every outage has turns of lives in it. */
const scenario = `
name: fleet-redis-faults
rooms: 3
participants: { both: 4 }
engine: lite
audio: { source: tone }
load: [{ ramp: 2s, to: 100% }, { hold: 27s }]
life: { stay: { uniform: [3s, 6s] } }
thresholds: { connect.media: ["failed < 20%"] }
${lenient}
`;
/** Packets that a participant sends between its last reading and its leave, at 50 a second. */
const partingPackets = 25;

requirePart("redis")("faults of Redis", () => {
	const fleet = withFleet();
	const tell = withFaultTable();
	afterEach(() => fleet().stopAgents());

	test("killed and back after 2 s, stopped and back, full for 3 s: nothing is lost, nothing is counted twice", async () => {
		const agents = await fleet().startAgents({ name: "web-1" }, { name: "web-2" });
		const { cli, args, env, redis } = fleet();
		const run = await cli.startScenario(scenario, [...args, "--agents", "2"], env);
		onTestFailed(() => void process.stderr.write(fleet().story(run)));
		await fullHouse(run, 12);
		const outage = async (fault: string, begin: () => unknown, end: () => unknown) => {
			const times = agents.map(({ run: { stdout } }) => stdout().split("Redis is back").length);
			const atMs = Date.now();
			await begin();
			const noticed = agents.map((agent, i) =>
				said(agent, new RegExp(`(Redis does not take.*){${times[i]}}`, "s")),
			);
			await sleep(atMs + (fault.includes("memory") ? 3_000 : 2_000) - Date.now());
			await end();
			const wellAtMs = Date.now();
			const noticedMs = Math.max(...(await Promise.all(noticed))) - atMs;
			const back = agents.map((agent, i) =>
				said(agent, new RegExp(`(Redis is back.*){${times[i]}}`, "s")),
			);
			const backMs = Math.max(...(await Promise.all(back))) - wellAtMs;
			tell({ fault, lost: "nothing", noticedMs, back: `${seconds(backMs)} after Redis was back` });
			await sleep(2_000);
		};
		await outage("Redis killed (-9), back after 2 s", () => redis.end("SIGKILL"), redis.start);
		await outage("Redis restarted, back after 2 s", () => redis.end("SIGTERM"), redis.start);
		await outage(
			"Redis out of memory for 3 s",
			() => redis.cli("config", "set", "maxmemory", "1mb"),
			() => redis.cli("config", "set", "maxmemory", "0"),
		);
		// The outages are over before the run is.
		expect((await readSeconds(run.out)).at(-1)?.target).toBe(12);
		const end = await run.ended;
		expect(end.code, end.stderr).toBe(0);
		expect(end.stderr).not.toContain("never came");
		const summary = await readSummary(run.out);
		expectConserved(summary);
		expect(summary).toMatchObject({
			participants: { failed: 0, lost: 0, takenOver: 0, unfinished: 0 },
			tester: { agents: 2, agentsLost: 0, workersDied: 0 },
		});
		const active = activeIdentities(fleet());
		expect(active.length).toBeGreaterThan(50);
		expect(active).toEqual(await joinedIdentities(run));
		expect(summary.participants.joined).toBe(active.length);
		const arrived = await allPackets(fleet());
		const missing = arrived - summary.packets.sent;
		expect(missing).toBeGreaterThan(-100);
		expect(missing).toBeLessThan(active.length * partingPackets);
		// One second of one agent is less than an outage would lose, and that is more than the bound allows.
		expect(await fleet().leftOfRuns()).toEqual([]);
	}, 120_000);
});
