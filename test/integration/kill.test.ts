import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { readReport } from "../../src/report/read-report.js";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { mergeTimeline } from "../../src/sink/timeline.js";
import { type CliRun, leftBehind, lenient, withCli } from "../rig/cli.js";
import { killTree } from "../rig/kill-tree.js";
import { readEvents, readSeconds, resultFolder } from "../rig/result.js";

/** People come and go, so that each second has something to lose. */
const scenario = `
name: killed
participants: { both: 3 }
load: [{ ramp: 1s, to: 100% }, { hold: 60s }]
life: { stay: { uniform: [2s, 4s] } }
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

/** `LIVESOAK_KILLS=20` is the whole of it. */
const kills = Number(process.env.LIVESOAK_KILLS ?? 3);
const viewEveryMs = 1_000;

const cli = withCli();
const figures: string[] = [];

afterAll(() => {
	process.stdout.write(
		`\nkill  lines  torn  lost ms  joins in events  in timeline\n${figures.join("\n")}\n`,
	);
});

async function inFullSwing(run: CliRun): Promise<void> {
	await vi.waitFor(
		async () => {
			const seconds = await readSeconds(run.out);
			expect(seconds.filter(({ alive }) => alive === 3).length).toBeGreaterThanOrEqual(3);
		},
		{ timeout: 40_000, interval: 50 },
	);
}

test.each(Array.from({ length: kills }, (_, n) => n))(
	"SIGKILL of the whole tree at a random moment loses at most the last second (%i)",
	async (number) => {
		const run = await cli().startScenario(scenario);
		await inFullSwing(run);
		// Spread over the second, so that every phase between two writes is met; the same in every run of the tests.
		await new Promise((resolve) => setTimeout(resolve, 500 + ((number * 377) % 1_000)));
		const { pids, atMs } = killTree(run.pid);
		expect((await run.ended).signal).toBe("SIGKILL");
		await vi.waitFor(() => expect(leftBehind({ descendants: pids })).toEqual([]), {
			...{ timeout: 15_000, interval: 50 },
		});

		const folder = await resultFolder(run.out);
		const { totals, lines, damaged } = await rebuildTotals(folder);
		const seconds = await readSeconds(run.out);
		const last = seconds.at(-1);
		const lostMs = atMs - (last?.atMs ?? 0);
		// One interval, and another for a machine that could not write in time.
		expect(lostMs).toBeLessThan(2 * viewEveryMs);
		expect(damaged).toBeLessThanOrEqual(1);
		expect(lines).toBe(seconds.length);
		// No second is missing in between.
		for (const [index, { elapsedMs }] of seconds.entries())
			expect(elapsedMs - (seconds[index - 1]?.elapsedMs ?? 0)).toBeLessThan(3 * viewEveryMs);

		// The events are another witness: each join told before the last second is in the sums, and none twice.
		const joins = (await readEvents(run.out)).filter(({ kind }) => kind === "life-joined");
		const joined = totals.counter("participants", { event: "joined" });
		const savedAtMs = last?.atMs ?? 0;
		const told = joins.filter(({ atMs: at }) => at <= savedAtMs - viewEveryMs).length;
		const inLast = last
			? mergeTimeline([last]).totals.counter("participants", { event: "joined" })
			: 0;
		expect(joined).toBeGreaterThanOrEqual(told);
		expect(joined - inLast).toBeLessThanOrEqual(joins.length);
		expect(joined).toBeGreaterThan(3);

		const report = await readReport(folder);
		expect(report).toMatchObject({ summarySource: "rebuilt", summary: { verdict: "error" } });
		expect(report.summary?.participants.joined).toBe(joined);
		expect(await readFile(join(folder, "run.json"), "utf8")).toContain('"scenarioSha256"');
		const row = [number, lines, damaged, Math.round(lostMs), joins.length, joined];
		figures.push(row.map((value) => String(value).padStart(5)).join("  "));
	},
	60_000,
);
