import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { mergeTimeline } from "../../src/sink/timeline.js";
import { type CliRun, leftBehind, lenient, withCli } from "../rig/cli.js";
import { expectRecovered, expectTold, faultOf } from "../rig/faults.js";
import { requirePart } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSeconds, readSummary } from "../rig/result.js";

const cli = withCli();

const scenario = `
name: fault-servers
participants:
  - { publishers: 2, subscribers: 3, engine: lite }
  - { subscribers: 1, engine: lite, ice: relay-udp }
load: [{ ramp: 500ms, to: 100% }, { hold: 43s }]
faults:
  - { at: 4s, do: loss, ratio: 20%, for: 3s }
  - { at: 15s, do: delay, by: 100ms, for: 3s }
  - { at: 25s, do: partition, for: 2s }
  - { at: 34s, do: restart-turn }
  - { at: 35s, do: restart-server }
${lenient}
`;

function namespacesOf(pid: number): string[] {
	const list = execFileSync("ip", ["netns", "list"], { encoding: "utf8" });
	return list.split("\n").filter((line) => line.startsWith(`livesoak-${pid}-`));
}

function devicesOf(pid: number): string[] {
	const list = execFileSync("ip", ["-br", "link"], { encoding: "utf8" });
	return list.split("\n").filter((line) => line.startsWith(`lsk${pid}`));
}

function expectNothingOf({ pid }: CliRun): void {
	expect(namespacesOf(pid)).toEqual([]);
	expect(devicesOf(pid)).toEqual([]);
}

requirePart(
	"root",
	"iproute2",
	"nftables",
)("on a network of livesoak's own", () => {
	test("loss, delay, a partition and a restart of the server, each as it was asked for", async () => {
		const run = await cli().startScenario(scenario);
		const { out, code, stderr } = await run.ended;
		const summary = await readSummary(out);
		expect(code, stderr).toBe(0);
		expectConserved(summary);
		expectTold(summary, await readEvents(out));
		for (const fault of summary.faults.slice(0, 3)) expectRecovered(fault, 6);
		// The next one comes too soon to look at the level; the new server lets the relayed one go through the new coturn.
		for (const fault of summary.faults.slice(3))
			expect(fault).toMatchObject({ affected: 6, recovered: 6, failed: 0 });
		expect(summary.participants).toMatchObject({ joined: 6, lost: 0 });

		// The network did what its name says: lost packets, round trips, and silence.
		const window = async (fromMs: number, untilMs: number) => {
			const lines = await readSeconds(out);
			const own = lines.filter((line) => line.elapsedMs > fromMs && line.elapsedMs <= untilMs);
			return mergeTimeline(own).totals;
		};
		const calm = await window(0, 4000);
		expect(calm.counter("packetsLost")).toBe(0);
		const harmed = await window(4000, 10_000);
		const received = harmed.counter("packets", { direction: "received" });
		const lost = harmed.counter("packetsLost");
		// Both ways: 1 - 0.8 * 0.8, for three of the six seconds.
		expect(lost / (lost + received)).toBeGreaterThan(0.1);
		expect(lost / (lost + received)).toBeLessThan(0.27);
		expect((await window(16_000, 24_000)).distribution("rtp.rtt")?.max).toBeGreaterThan(200);
		const partition = faultOf(summary, "partition");
		expect(partition.audioGapMs?.p50).toBeGreaterThan(2000);
		expect(partition.untilMs - partition.atMs).toBeGreaterThan(2000);
		const restart = faultOf(summary, "restart-server");
		// Nobody hears anything while there is no server.
		expect(restart.audioGapMs?.p50).toBeGreaterThan((restart.untilMs - restart.atMs) / 2);
		expectNothingOf(run);
		expect(leftBehind(await run.ended)).toEqual([]);
	});

	test.each(["SIGINT", "SIGKILL"] as const)(
		"%s leaves no namespace, device, process or folder",
		async (signal) => {
			const run = await cli().startScenario(scenario.replace("at: 4s", "at: 1s"));
			const began = async () => {
				const events = await readEvents(run.out);
				expect(events.map(({ kind }) => kind)).toContain("fault-began");
			};
			await vi.waitFor(began, { timeout: 20_000, interval: 100 });
			expect(namespacesOf(run.pid)).toHaveLength(2);
			expect(devicesOf(run.pid)).toHaveLength(2);
			run.kill(signal);
			const { descendants } = await run.ended;
			const clean = async () => {
				expectNothingOf(run);
				expect(leftBehind({ descendants })).toEqual([]);
				expect(await readdir(cli().temporary)).toEqual([]);
			};
			await vi.waitFor(clean, { timeout: 15_000, interval: 100 });
		},
	);
});
