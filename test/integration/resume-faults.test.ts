import { expect, test, vi } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { leftBehind, lenient, toServer, withCli } from "../rig/cli.js";
import { killTree } from "../rig/kill-tree.js";
import { withLiveKit } from "../rig/real-parts.js";
import {
	expectConserved,
	readEvents,
	readSeconds,
	readSummary,
	resultFolder,
} from "../rig/result.js";

/** One that is over and judged before the kill, one that is not, one soon after, and one later. */
const scenario = `
name: resumed-faults
engine: lite
participants: { both: 4 }
audio: { source: tone }
load: [{ ramp: 300ms, to: 100% }, { hold: 34s }]
pool: { workers: 2 }
faults:
  - { at: 1500ms, do: signal-drop }
  - { at: 11300ms, do: herd }
  - { at: 13s, do: kill-worker }
  - { at: 25s, do: signal-drop, share: 50% }
thresholds: { recovery.level: ["ratio >= 0%"] }
${lenient}
`;

const notJudged = "not judged: the tester was killed";

const cli = withCli();
const server = withLiveKit();

test("killed between two faults: none is done twice or left out, and each is told as it was", async () => {
	const { args, env } = toServer(server());
	const run = await cli().startScenario(scenario, args, env);
	await vi.waitFor(
		async () => expect((await readSeconds(run.out)).at(-1)?.elapsedMs).toBeGreaterThan(11_600),
		{ timeout: 40_000, interval: 20 },
	);
	const { pids } = killTree(run.pid);
	await run.ended;
	await vi.waitFor(() => expect(leftBehind({ descendants: pids })).toEqual([]), {
		...{ timeout: 15_000, interval: 50 },
	});
	const folder = await resultFolder(run.out);
	const before = await rebuildTotals(folder);

	const end = await cli().run(["run", "--resume", folder, ...args], env);
	const summary = await readSummary(run.out);
	expect(summary.faults.map((fault) => fault.do)).toEqual([
		...["signal-drop", "herd", "kill-worker", "signal-drop"],
	]);
	// On the clock of the run, which stood still.
	for (const [n, plannedMs] of [1_500, 11_300, 13_000, 25_000].entries()) {
		const { atMs = 0, untilMs } = summary.faults[n] ?? {};
		expect(atMs).toBeGreaterThanOrEqual(plannedMs);
		expect(untilMs).toBeGreaterThanOrEqual(atMs);
	}
	const [, herd, killed] = summary.faults;
	expect(killed?.affected).toBeGreaterThan(0);
	expect(herd).toMatchObject({ levelText: notJudged });
	// It was carried out.
	expect(herd).not.toHaveProperty("error");
	expect(herd?.atMs).toBeLessThan(before.elapsedMs);

	// Rows, totals and events tell the same.
	const after = await rebuildTotals(folder);
	expect(after.totals.counter("faults")).toBe(4);
	const levels = summary.faults.flatMap(({ levelOk }) => levelOk ?? []);
	expect(levels.length).toBeGreaterThan(0);
	expect(after.totals.distribution("recovery.level")?.count).toBe(levels.length);
	for (const outcome of ["recovered", "failed"] as const)
		expect(
			summary.faults.reduce((sum, fault) => sum + fault[outcome], 0),
			outcome,
		).toBe(after.totals.counter("recoveries", { outcome }));
	const events = await readEvents(run.out);
	const of = (kind: string) => events.filter((event) => event.kind === kind);
	expect(of("fault-began").map(({ number }) => number)).toEqual([0, 1, 2, 3]);
	for (const [number, row] of summary.faults.entries()) {
		const [judged, ...others] = of("fault-judged").filter((event) => event.number === number);
		expect(others).toEqual([]);
		const { affected, recovered, failed } = row;
		if (judged) expect(judged).toMatchObject({ affected, recovered, failed });
		else expect(row).toMatchObject({ levelText: notJudged });
		expect(row.levelOk).toBe(judged?.levelOk);
	}
	expect(of("fault-judged").map(({ number }) => number)).not.toContain(1);
	expect(of("fault-judged").map(({ number }) => number)).toContain(3);
	expect(summary.lostCauses.map(({ cause }) => cause)).toContain("worker-killed");
	expectConserved(summary);
	expect(summary).toMatchObject({ verdict: "passed", exitCode: 0, resumed: [{}] });
	expect(end.code).toBe(0);
});
