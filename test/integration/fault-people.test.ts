import { expect, test } from "vitest";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { expectRecovered, expectTold, faultOf } from "../rig/faults.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary } from "../rig/result.js";
import { readServerLog, seatOfIdentity } from "../rig/server-log.js";

const cli = withCli();
const lines: string[] = [];
const server = withLiveKit({ onLog: (line) => lines.push(line) });

const scenario = `
name: fault-people
participants:
  - { publishers: 2, subscribers: 3, engine: lite }
  - { subscribers: 1, engine: native }
pool: { workers: 2 }
load: [{ ramp: 500ms, to: 100% }, { hold: 52s }]
faults:
  - { at: 4s, do: signal-drop, share: 50% }
  - { at: 12s, do: full-reconnect }
  - { at: 20s, do: node-migration, share: 50% }
  - { at: 28s, do: server-leave, share: 50% }
  - { at: 36s, do: herd }
  - { at: 45s, do: kill-worker }
thresholds: { recovery.media: ["failed < 1%", "p95 < 10s"] }
${lenient}
`;

/** What the server says of people's ways, by the seats of ours. */
function seatsWhoClosed(reason: string): number[] {
	const closed = lines
		.flatMap((line) => readServerLog(line) ?? [])
		.filter((line) => line.message === "participant closing" && line.reason === reason);
	return closed.map(({ participant }) => seatOfIdentity(participant));
}

test("faults of participants on somebody's server: each comes back, and the server tells the same", async () => {
	const { args, env } = toServer(server());
	const { out, code, stderr } = await cli().runScenario(scenario, args, env);
	const summary = await readSummary(out);
	const events = await readEvents(out);
	expect(code, stderr).toBe(0);
	expectConserved(summary);
	expectTold(summary, events);
	expect(summary.faults.map((fault) => fault.do)).toEqual([
		...["signal-drop", "full-reconnect", "node-migration", "server-leave", "herd", "kill-worker"],
	]);
	for (const fault of summary.faults.slice(0, -1))
		expectRecovered(fault, fault.do === "full-reconnect" || fault.do === "herd" ? 6 : 3);
	// There may be no second left after the last one.
	expect(faultOf(summary, "kill-worker")).toMatchObject({ affected: 3, recovered: 3, failed: 0 });

	// Three by the server, three by us; everybody else who was gone came back by itself.
	expect(summary.participants).toMatchObject({ planned: 6, takenOver: 12, failed: 0, lost: 6 });
	expect(new Map(summary.lostCauses.map(({ cause, count }) => [cause, count]))).toEqual(
		new Map([
			["server-shutdown", 3],
			["worker-killed", 3],
		]),
	);
	// rtc-node does not say how it reconnects.
	expect(summary.reconnects.map(({ cause }) => cause)).toEqual(["restart", "unknown"]);
	expect(summary.reconnects.reduce((sum, { count }) => sum + count, 0)).toBe(12);
	expect(summary.tester.workersDied).toBe(1);
	const sentOut = events.filter((e) => e.kind === "life-lost" && e.cause === "server-shutdown");
	expect(seatsWhoClosed("SIMULATE_SERVER_LEAVE").toSorted()).toEqual(
		sentOut.map(({ seat }) => seat).toSorted(),
	);
	expect(seatsWhoClosed("SIMULATE_MIGRATION")).toHaveLength(3);

	// An outage that all share is seen by all, and is at least as long as they were away.
	const { audioGapMs, recoveryMs } = faultOf(summary, "herd");
	expect(audioGapMs?.p50).toBeGreaterThan(1000);
	expect(recoveryMs?.p50).toBeGreaterThan(1000);
	expect(summary.thresholds).toContainEqual(
		expect.objectContaining({ metric: "recovery.level", ok: true }),
	);
});

test("a server that is not livesoak's own is not restarted, nor cut off", async () => {
	const { args, env } = toServer(server());
	for (const fault of ["restart-server", "partition, for: 1s"]) {
		const yaml = `name: f\nparticipants: { both: 2 }\nengine: lite\nload: [{ ramp: 0s, to: 100% }, { hold: 9s }]\nfaults: [{ at: 2s, do: ${fault} }]\n`;
		const { code, stderr } = await cli().runScenario(yaml, args, env);
		expect(code).toBe(2);
		expect(stderr).toContain(
			"is for the server that livesoak starts itself, and --url names another one",
		);
	}
});
