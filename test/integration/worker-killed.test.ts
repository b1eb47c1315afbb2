import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { mergeTimeline } from "../../src/sink/timeline.js";
import { type CliRun, descendantsOf, leftBehind, lenient, withCli } from "../rig/cli.js";
import {
	expectConserved,
	readEvents,
	readSeconds,
	readSummary,
	resultFolder,
} from "../rig/result.js";

/** Two workers, two people each, all in one room: everybody hears three others. */
const scenario = (holdMs: number) => `
name: pool
participants: { both: 4 }
pool: { workers: 2 }
load: [{ ramp: 1s, to: 100% }, { hold: ${holdMs}ms }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();

/** Waits until all four have joined and two seconds of their media are on the disk. */
async function inFullSwing(run: CliRun): Promise<void> {
	const look = async () => {
		const joined = (await readEvents(run.out)).filter(({ kind }) => kind === "life-joined");
		expect(joined).toHaveLength(4);
		const full = (await readSeconds(run.out)).filter(
			(line) => line.alive === 4 && received([line]) > 0,
		);
		expect(full.length).toBeGreaterThanOrEqual(2);
	};
	await vi.waitFor(look, { timeout: 40_000, interval: 100 });
}

function received(lines: Parameters<typeof mergeTimeline>[0]): number {
	return mergeTimeline(lines).totals.counter("packets", { direction: "received" });
}

test("a worker killed in mid-run is noticed, counted, replaced, and costs no measurement", async () => {
	const run = await cli().startScenario(scenario(15_000));
	await inFullSwing(run);
	const started = (await readEvents(run.out)).filter(({ kind }) => kind === "worker-started");
	expect(started).toHaveLength(2);
	const victim = Number(started[0]?.pid);
	const held = (await readSeconds(run.out)).at(-1)?.workers.find(({ pid }) => pid === victim);
	const timeline = join(await resultFolder(run.out), "timeline.jsonl");
	const before = await readFile(timeline, "utf8");
	const killedAtMs = Date.now();
	process.kill(victim, "SIGKILL");
	const { code } = await run.ended;

	const events = await readEvents(run.out);
	const died = events.filter(({ kind }) => kind === "worker-died");
	expect(died).toMatchObject([{ pid: victim, participantsLost: 2 }]);
	expect(held?.alive).toBe(2);
	expect(died[0]?.reason).toContain("SIGKILL");
	expect((died[0]?.atMs ?? 0) - killedAtMs).toBeLessThan(2_000);
	const after = events.slice(events.indexOf(died[0] ?? events[0] ?? { kind: "", atMs: 0 }));
	const fresh = after.find(({ kind }) => kind === "worker-started");
	expect(fresh).toMatchObject({ worker: died[0]?.worker });
	expect(after.filter(({ kind }) => kind === "life-joined")).toHaveLength(2);

	const summary = await readSummary(run.out);
	expect(summary.participants).toMatchObject({
		...{ planned: 4, takenOver: 2, joined: 6, failed: 0 },
		...{ lost: 2, left: 4, unfinished: 0, notStarted: 0 },
	});
	expectConserved(summary);
	expect(summary.lostCauses).toEqual([{ cause: "worker-died", count: 2 }]);
	expect(summary.tester).toMatchObject({ workers: 2, workersDied: 1 });
	expect(summary).toMatchObject({ verdict: "invalid", exitCode: 3 });
	expect(summary.invalidities.map(({ rule }) => rule)).toEqual(["lost-to-tester"]);
	expect(code).toBe(3);

	expect((await readFile(timeline, "utf8")).startsWith(before)).toBe(true);
	const seconds = await readSeconds(run.out);
	expect(received(seconds)).toBe(summary.packets.received);
	const mended = seconds.filter(
		({ workers, alive }) => alive === 4 && workers.some(({ pid }) => pid === fresh?.pid),
	);
	expect(mended.length).toBeGreaterThan(0);
	expect(received(mended)).toBeGreaterThan(0);
});

test("a parent killed in mid-run leaves no process and no folder, and all but the last second", async () => {
	const run = await cli().startScenario(scenario(60_000));
	await inFullSwing(run);
	const descendants = descendantsOf(run.pid);
	// Two workers, the guardian and livekit-server.
	expect(descendants.length).toBeGreaterThanOrEqual(4);
	const killedAtMs = Date.now();
	run.kill("SIGKILL");
	expect((await run.ended).signal).toBe("SIGKILL");
	await vi.waitFor(
		async () => {
			expect(leftBehind({ descendants })).toEqual([]);
			expect(await readdir(cli().temporary)).toEqual([]);
		},
		{ timeout: 15_000, interval: 100 },
	);

	const folder = await resultFolder(run.out);
	const { totals, lines, damaged } = await rebuildTotals(folder);
	expect(damaged).toBeLessThanOrEqual(1);
	const lastAtMs = (await readSeconds(run.out)).at(-1)?.atMs ?? 0;
	// A line a second; the bound allows for one that this machine could not write in time.
	expect(killedAtMs - lastAtMs).toBeLessThan(2_500);
	expect(lines).toBeGreaterThanOrEqual(2);
	expect(totals.counter("participants", { event: "joined" })).toBe(4);
	expect(totals.counter("packets", { direction: "received" })).toBeGreaterThan(0);
	expect(await readdir(folder)).not.toContain("summary.json");
});
