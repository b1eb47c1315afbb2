import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chalk } from "chalk";
import { describe, expect, onTestFinished, test } from "vitest";
import { readReport } from "../../../src/report/read-report.js";
import { reportText } from "../../../src/report/report-text.js";
import { labels } from "../sink/fabricated-run.js";
import { resultFolderOf, small, startAtMs } from "./result-files.js";

const shown = { chalk: new Chalk({ level: 0 }), columns: 100 };

async function emptyFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-report-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

describe("what is no result folder is one clear error", () => {
	test.each([
		["a path that is not there", async () => "/nowhere/at/all", "does not exist"],
		["a file", async () => join(await resultFolderOf(small), "run.json"), "is a file"],
		["an empty folder", emptyFolder, "is not the result folder of a run"],
	])("%s", async (_what, make, words) => {
		await expect(readReport(await make())).rejects.toMatchObject({
			...{ name: "UserError", exitCode: 2 },
			message: expect.stringContaining(words),
		});
	});

	test("a folder of result folders: the newest is named", async () => {
		const folder = await emptyFolder();
		for (const name of ["20261122T120000Z-old-1", "20261123T120000Z-new-2"]) {
			await mkdir(join(folder, name));
			await writeFile(join(folder, name, "run.json"), "{}");
		}
		await expect(readReport(folder)).rejects.toMatchObject({
			hint: expect.stringContaining("20261123T120000Z-new-2"),
		});
	});

	test("files of which nothing can be read", async () => {
		const folder = await emptyFolder();
		await writeFile(join(folder, "timeline.jsonl"), "\u0000\u0000");
		await expect(readReport(folder)).rejects.toThrow("Nothing in");
	});
});

test.each(["run.json", "summary.json"] as const)(
	"%s of another schema version is one clear error",
	async (file) => {
		const folder = await resultFolderOf(small);
		const content = JSON.parse(await readFile(join(folder, file), "utf8"));
		await writeFile(join(folder, file), JSON.stringify({ ...content, schema: 0 }));
		await expect(readReport(folder)).rejects.toMatchObject({
			...{ name: "UserError", exitCode: 2 },
			message: `${join(folder, file)} has schema 0, and this livesoak reads schema 1.`,
		});
	},
);

test.each(["run.json", "summary.json", "timeline.jsonl", "events.jsonl"])(
	"without %s the rest is reported, and the lack is told",
	async (file) => {
		const folder = await resultFolderOf(small);
		const whole = await readReport(folder);
		await rm(join(folder, file));
		const report = await readReport(folder);
		expect(report.missing.join("\n")).toContain(`${file} is missing`);
		expect(report.summary?.participants).toMatchObject({ joined: 1, failed: 1 });
		expect(report.summary?.metrics).toEqual(whole.summary?.metrics);
		expect(reportText(report, shown)).toContain(`${file} is missing`);
	},
);

test("another program's summary.json is damage, told with its place", async () => {
	const folder = await resultFolderOf(small);
	const path = join(folder, "summary.json");
	const content = JSON.parse(await readFile(path, "utf8"));
	await writeFile(path, JSON.stringify({ ...content, participants: { planned: -1 } }));
	const report = await readReport(folder);
	expect(report.summarySource).toBe("rebuilt");
	expect(report.missing[0]).toContain("summary.json is damaged (at participants.planned)");
});

test("a histogram that does not decode costs only the bars", async () => {
	const folder = await resultFolderOf(small);
	const path = join(folder, "summary.json");
	const text = await readFile(path, "utf8");
	await writeFile(path, text.replaceAll(/"hdr": "[^"]+"/g, '"hdr": "AAAA"'));
	const report = await readReport(folder);
	expect(report.connectMs).toEqual([]);
	expect(report.summary?.metrics["connect.media"]?.count).toBe(1);
	expect(report.missing).toEqual(["summary.json: the histogram of connect.media is damaged."]);
});

test("nobody connected: a report without times, and none of them zero", async () => {
	const folder = await resultFolderOf({
		seconds: [
			[
				{ kind: "begun", labels, lateMs: 1 },
				{ kind: "failed", labels, stage: "socket", cause: "refused" },
			],
			[],
		],
	});
	const report = await readReport(folder);
	expect(report.connectMs).toEqual([]);
	expect(report.worst).toEqual([]);
	expect(report.series.jitterMs).toEqual([null, null]);
	expect(report.series.failed).toEqual([1, 0]);
	const text = reportText(report, shown);
	expect(text).toMatch(/media +– +–/);
	expect(text).toContain("failed at socket: refused");
});

test("names and words of others cannot steer the terminal", async () => {
	const evil = "<script>\u001b[2Jalert(1)\u0007</script>\u202e";
	const folder = await resultFolderOf({
		...small,
		info: { scenarioName: evil, scenarioFile: `${evil}.yaml`, command: `livesoak run ${evil}` },
		changes: { scenario: evil },
		events: [
			...(small.events ?? []),
			{
				...{ kind: "life-lost", atMs: startAtMs + 2_000, seat: 0, life: 0 },
				...{ cause: "disconnected", detail: `${evil}\nsecond line` },
			},
			{ kind: "stop-asked", atMs: startAtMs + 2_500, reason: evil },
		],
	});
	const text = reportText(await readReport(folder), shown);
	expect(text).toContain("<script>alert(1) </script>");
	expect(text).toContain("disconnected: <script>");
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
	expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test("an unfinished run: error, its counts, and what it was about to judge", async () => {
	const folder = await resultFolderOf({
		...small,
		summary: false,
		events: (small.events ?? []).slice(0, -1),
		info: {
			scenario: { thresholds: { "connect.media": [{ expression: "p95 < 100ms" }] } },
		},
	});
	const { summary } = await readReport(folder);
	expect(summary).toMatchObject({
		...{ verdict: "error", exitCode: 1, scenario: "smoke", durationMs: 3_000 },
		participants: { planned: 12, joined: 1, failed: 1, unfinished: 1 },
		thresholds: [{ metric: "connect.media", observed: 212, ok: false }],
	});
	expect(summary?.reason).toContain("killed after 3000ms of 40.0s, or still running");
});

test("only events are left: who joined and failed is counted from them", async () => {
	const folder = await resultFolderOf({ ...small, summary: false });
	await rm(join(folder, "timeline.jsonl"));
	const { summary, missing } = await readReport(folder);
	expect(summary?.participants).toMatchObject({ joined: 1, failed: 1 });
	expect(summary?.failures).toEqual([{ stage: "ice", cause: "timeout", count: 1 }]);
	expect(missing).toContain(
		"The counts are rebuilt from events.jsonl; there are no other figures.",
	);
});
