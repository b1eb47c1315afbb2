import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../src/report/report.js";
import { lenient, withCli } from "../rig/cli.js";
import { readSummary, resultFolder } from "../rig/result.js";

const cli = withCli();

const failing = `
name: small
engine: lite
participants: { publishers: 2, subscribers: 1 }
load: [{ ramp: 1s, to: 100% }, { hold: 3s }]
thresholds:
  connect.media: ["p95 < 1ms", "failed < 1%"]
${lenient}
`;

test("a real run: its page is there at the end, and report says the same later, whatever is left", async () => {
	const run = await cli().runScenario(failing, ["--quiet"]);
	expect(run.code).toBe(99);
	const folder = await resultFolder(run.out);
	const page = await readFile(join(folder, "report.html"), "utf8");
	expect(page).toContain("connect.media p95 &lt; 1ms");
	const summary = await readSummary(run.out);

	// A report of a failed run is a report that worked.
	const shown = await cli().run(["report", folder]);
	expect(shown).toMatchObject({ code: 0, stderr: "" });
	expect(shown.stdout).toMatch(/^FAILED small: 1 of 2 thresholds failed/);
	expect(shown.stdout).toMatch(/alive +[▁▂▃▄▅▆▇█]+ +0 … 3/);
	expect(shown.stdout).toContain(`livesoak run ${join(cli().folder, "scenario-1.yaml")} --out`);
	expect(shown.stdout).toContain(`page ${join(folder, "report.html")}`);

	const json = await cli().run(["report", folder, "--json", "--no-html"]);
	const report: Report = JSON.parse(json.stdout);
	expect(report.summary).toEqual(summary);
	expect(report.missing).toEqual([]);
	expect(report.connectMs.reduce((sum, { count }) => sum + count, 0)).toBe(
		summary.metrics["connect.media"]?.count,
	);

	await rm(join(folder, "summary.json"));
	const rebuilt = await cli().run(["report", folder, "--json", "--no-html"]);
	const after: Report = JSON.parse(rebuilt.stdout);
	expect(after).toMatchObject({ summarySource: "rebuilt", series: report.series });
	expect(after.summary?.metrics).toEqual(summary.metrics);
	expect(after.summary?.participants).toEqual(summary.participants);
	expect(after.summary?.thresholds).toEqual(summary.thresholds);
	expect(after.summary).toMatchObject({ verdict: "failed", exitCode: 99 });

	const beside = await cli().run(["compare", folder, folder]);
	expect(beside).toMatchObject({ code: 0, stderr: "" });
	expect(beside.stdout).toMatch(/connect\.media p95 .* × 1\.00/);
	expect(await readFile(join(folder, "compare.html"), "utf8")).toContain("<html");
	expect(await readFile(join(folder, "report.html"), "utf8")).not.toBe("");
});

test.each([
	["no folder", ["report"], "The result folder is missing."],
	["a folder that is not there", ["report", "nowhere"], "nowhere does not exist."],
	["no second folder", ["compare", "nowhere"], "The result folder is missing."],
	["an unknown flag", ["report", "nowhere", "--pdf"], "Unknown flag: --pdf"],
])("%s: one clear line, exit 2", async (_what, args, words) => {
	const { code, stdout, stderr } = await cli().run(args);
	expect(code).toBe(2);
	expect(stdout).toBe("");
	expect(stderr.split("\n")[0]).toBe(`livesoak: ${words}`);
	expect(stderr.trim().split("\n")).toHaveLength(2);
});

test("a page that cannot be written: the report is printed all the same, exit 1", async () => {
	const run = await cli().runScenario(failing, ["--quiet", "--no-html"]);
	const folder = await resultFolder(run.out);
	const { code, stdout, stderr } = await cli().run(["report", folder, "--html", "/nowhere/x.html"]);
	expect(code).toBe(1);
	expect(stdout).toContain("FAILED");
	expect(stderr).toContain("Cannot write the page /nowhere/x.html (ENOENT).");
});
