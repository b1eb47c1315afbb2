import { appendFile, cp, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readReport } from "../../src/report/read-report.js";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import { type CliRun, leftBehind, lenient, toServer, withCli } from "../rig/cli.js";
import { killTree } from "../rig/kill-tree.js";
import { withLiveKit } from "../rig/real-parts.js";
import {
	expectConserved,
	readEvents,
	readSeconds,
	readSummary,
	resultFolder,
} from "../rig/result.js";

const scenario = `
name: resumed
participants: { both: 3 }
load: [{ ramp: 500ms, to: 100% }, { hold: 12s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();
const server = withLiveKit();

async function killed(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<CliRun> {
	const run = await cli().startScenario(scenario, args, env);
	await vi.waitFor(
		async () => {
			const full = (await readSeconds(run.out)).filter(({ alive }) => alive === 3);
			expect(full.length).toBeGreaterThanOrEqual(2);
		},
		{ timeout: 40_000, interval: 100 },
	);
	const { pids } = killTree(run.pid);
	await run.ended;
	await vi.waitFor(() => expect(leftBehind({ descendants: pids })).toEqual([]), {
		...{ timeout: 15_000, interval: 50 },
	});
	return run;
}

test("a killed run goes on where it was: the same plan, one timeline, everybody counted once", async () => {
	const { args, env } = toServer(server());
	const run = await killed(args, env);
	const folder = await resultFolder(run.out);
	// The kill came in the middle of a line.
	await appendFile(join(folder, "timeline.jsonl"), '{"atMs":17');
	const before = await rebuildTotals(folder);
	const saved = await readFile(join(folder, "timeline.jsonl"), "utf8");

	const end = await cli().run(["run", "--resume", folder, ...args], env);
	expect(end.stderr).toContain("going on at");
	expect(end.code).toBe(0);

	const summary = await readSummary(run.out);
	expect(summary).toMatchObject({
		verdict: "passed",
		participants: {
			planned: 3,
			takenOver: 3,
			joined: 6,
			lost: 3,
			left: 3,
			failed: 0,
			notStarted: 0,
		},
		lostCauses: [{ cause: "tester-killed", count: 3 }],
		resumed: [{ atMs: before.elapsedMs }],
	});
	expectConserved(summary);
	expect(summary.resumed?.[0]?.gapMs).toBeGreaterThan(0);
	// The clock stood still meanwhile: the plan was lived once.
	expect(summary.durationMs).toBeGreaterThanOrEqual(12_500);
	expect(summary.durationMs).toBeLessThan(17_000);

	const timeline = await readFile(join(folder, "timeline.jsonl"), "utf8");
	expect(timeline.startsWith(saved.slice(0, saved.lastIndexOf("\n") + 1))).toBe(true);
	const after = await rebuildTotals(folder);
	expect(after.damaged).toBe(0);
	expect(after.totals.counter("packets", { direction: "received" })).toBe(summary.packets.received);
	expect(summary.packets.received).toBeGreaterThan(
		before.totals.counter("packets", { direction: "received" }),
	);
	const seconds = await readSeconds(run.out);
	const times = seconds.map(({ elapsedMs }) => elapsedMs);
	expect(times).toEqual(times.toSorted((a, b) => a - b));
	const kinds = (await readEvents(run.out)).map(({ kind }) => kind);
	expect(kinds.filter((kind) => kind === "run-started")).toHaveLength(1);
	expect(kinds.filter((kind) => kind === "run-resumed")).toHaveLength(1);
	expect(JSON.parse(await readFile(join(folder, "run.json"), "utf8")).resumed).toEqual(
		summary.resumed,
	);
	const report = await readReport(folder);
	expect(report.missing).toEqual([]);
	const mark = report.marks.find(({ text }) => text.startsWith("killed, and resumed"));
	expect(Math.abs((mark?.fromMs ?? 0) - before.elapsedMs)).toBeLessThan(2_000);

	const again = await cli().run(["run", "--resume", folder, ...args], env);
	expect(again).toMatchObject({ code: 2 });
	expect(again.stderr).toContain("the run is finished");
});

test("killed twice and resumed twice, on an embedded server", async () => {
	const run = await killed();
	const folder = await resultFolder(run.out);
	const second = cli().start(["run", "--resume", folder]);
	await vi.waitFor(
		async () => {
			const events = await readEvents(run.out);
			const since = events.findIndex(({ kind }) => kind === "run-resumed");
			expect(since).toBeGreaterThan(0);
			const joins = events.slice(since).filter(({ kind }) => kind === "life-joined");
			expect(joins).toHaveLength(3);
			expect((await readSeconds(run.out)).at(-1)?.alive).toBe(3);
		},
		{ timeout: 40_000, interval: 100 },
	);
	killTree(second.pid);
	await second.ended;
	expect((await cli().run(["run", "--resume", folder])).code).toBe(0);
	const summary = await readSummary(run.out);
	expect(summary).toMatchObject({
		participants: { planned: 3, takenOver: 6, joined: 9, lost: 6, left: 3 },
		lostCauses: [{ cause: "tester-killed", count: 6 }],
	});
	expectConserved(summary);
	expect(summary.resumed).toHaveLength(2);
});

test("what would make another run of it is refused, and the folder is left as it is", async () => {
	const { args, env } = toServer(server());
	const run = await killed(args, env);
	const folder = await resultFolder(run.out);
	const runJson = join(folder, "run.json");
	const text = await readFile(runJson, "utf8");
	const stored = JSON.parse(text);
	const resume = async (more: readonly string[] = args, vars: NodeJS.ProcessEnv = env) => {
		const { code, stderr } = await cli().run(["run", "--resume", folder, ...more], vars);
		expect(code).toBe(2);
		return stderr;
	};
	expect(await resume([...args, "--seed", "9"])).toContain("--seed cannot be given");
	expect(await resume([...args, "--out", "elsewhere"])).toContain("--out cannot be given");
	expect(await resume([...args, "other.yaml"])).toContain("other.yaml cannot be given");
	expect(await resume([], {})).toContain(
		`the run began on ${stored.serverUrl}, not on an embedded`,
	);
	expect(await resume(["--url", "ws://127.0.0.1:9"])).toContain("not on 127.0.0.1:9");

	await writeFile(runJson, JSON.stringify({ ...stored, livesoakVersion: "0.0.9" }));
	expect(await resume()).toMatch(/begun by livesoak 0\.0\.9, and this is \d/);
	await writeFile(runJson, JSON.stringify({ ...stored, participants: 77 }));
	expect(await resume()).toContain("run.json is damaged");
	await writeFile(runJson, "{");
	expect(await resume()).toContain("run.json");
	await writeFile(runJson, text);

	const scenarioText = await readFile(stored.scenarioFile, "utf8");
	await writeFile(stored.scenarioFile, `${scenarioText}# one more line\n`);
	expect(await resume()).toContain("has changed since the run began");
	await writeFile(stored.scenarioFile, scenarioText);

	const moved = join(cli().folder, "renamed");
	await cp(folder, moved, { recursive: true });
	const renamed = await cli().run(["run", "--resume", moved, ...args], env);
	expect(renamed.stderr).toContain("was renamed");
	await rename(join(moved, "timeline.jsonl"), join(moved, "gone"));
	const nowhere = await cli().run(["run", "--resume", join(moved, "nowhere"), ...args], env);
	expect(nowhere).toMatchObject({ code: 2 });
	expect(nowhere.stderr).toContain("does not exist");

	expect(await readFile(runJson, "utf8")).toBe(text);
	expect((await rebuildTotals(folder)).damaged).toBeLessThanOrEqual(1);
});

test("a run that still goes on is not resumed", async () => {
	const { args, env } = toServer(server());
	const run = await cli().startScenario(scenario, args, env);
	await vi.waitFor(async () => expect((await readSeconds(run.out)).at(-1)?.alive).toBe(3), {
		timeout: 40_000,
		interval: 100,
	});
	const folder = await resultFolder(run.out);
	const other = await cli().run(["run", "--resume", folder, ...args], env);
	expect(other).toMatchObject({ code: 2 });
	expect(other.stderr).toContain("still goes on");
	run.kill("SIGINT");
	expect((await run.ended).code).toBe(130);
});
