import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { readReport } from "../../../src/report/read-report.js";
import { reportText } from "../../../src/report/report-text.js";
import { resultFolderOf, small } from "./result-files.js";

const shown = { chalk: new Chalk({ level: 0 }), columns: 100 };

/** Cuts a file byte by byte from its end, and hands over how many bytes are left. */
async function eachCut(path: string, look: (bytes: number) => Promise<void>): Promise<void> {
	const whole = await readFile(path);
	for (let bytes = whole.length; bytes >= 0; bytes--) {
		await truncate(path, bytes);
		await look(bytes);
	}
}

/** The text of a report is drawn once for each thing that can be missing. */
function drawOnce(): (report: Awaited<ReturnType<typeof readReport>>) => void {
	const drawn = new Set<string>();
	return (report) => {
		const key = JSON.stringify([report.missing, report.series.elapsedMs]);
		if (drawn.has(key)) return;
		drawn.add(key);
		const text = reportText(report, shown);
		for (const line of report.missing) expect(text).toContain(line);
	};
}

test("timeline.jsonl cut at any byte: each whole line counts, the rest is told", {
	timeout: 60_000,
}, async () => {
	const folder = await resultFolderOf(small);
	const path = join(folder, "timeline.jsonl");
	const text = await readFile(path, "utf8");
	const whole = await readReport(folder);
	expect(whole.missing).toEqual([]);
	const draw = drawOnce();
	await eachCut(path, async (bytes) => {
		const left = text.slice(0, bytes);
		// The last line counts without its newline, too.
		const lines = left
			.split("\n")
			.filter((line) => text.includes(`${line}\n`) && line.endsWith("]}"));
		const isCut = left !== "" && !left.endsWith("\n") && !left.endsWith("]}");
		const report = await readReport(folder);
		expect(report.series.elapsedMs, `cut at ${bytes}`).toEqual(
			whole.series.elapsedMs.slice(0, lines.length),
		);
		expect(report.summary).toEqual(whole.summary);
		expect(report.worst).toEqual(whole.worst);
		expect(report.missing.some((line) => line.includes("timeline.jsonl"))).toBe(
			isCut || bytes === 0,
		);
		draw(report);
	});
});

test("summary.json cut at any byte: rebuilt with the same figures, and it is said", {
	timeout: 60_000,
}, async () => {
	const folder = await resultFolderOf(small);
	const path = join(folder, "summary.json");
	const size = (await readFile(path)).length;
	const whole = await readReport(folder);
	const draw = drawOnce();
	await eachCut(path, async (bytes) => {
		const report = await readReport(folder);
		// Only the newline after the object can be spared.
		if (bytes >= size - 1) return expect(report).toEqual(whole);
		expect(report.summarySource, `cut at ${bytes}`).toBe("rebuilt");
		expect(report.summary?.metrics).toEqual(whole.summary?.metrics);
		expect(report.summary?.failures).toEqual(whole.summary?.failures);
		expect(report.summary?.packets).toEqual(whole.summary?.packets);
		expect(report.summary?.participants).toMatchObject({ joined: 1, failed: 1, lost: 0 });
		// As the last event tells.
		expect(report.summary?.verdict).toBe("failed");
		expect(report.missing[0]).toMatch(/^summary\.json is (cut off or )?damaged/);
		expect(report.missing[1]).toContain("rebuilt from timeline.jsonl");
		draw(report);
	});
});

test("a killed run whose timeline is cut at any byte: a summary as far as it goes", {
	timeout: 60_000,
}, async () => {
	const folder = await resultFolderOf({
		...small,
		summary: false,
		events: (small.events ?? []).slice(0, 1),
	});
	const draw = drawOnce();
	let joined = 1;
	await eachCut(join(folder, "timeline.jsonl"), async (bytes) => {
		const report = await readReport(folder);
		draw(report);
		expect(report.missing[0]).toContain("summary.json is missing");
		const { length } = report.series.elapsedMs;
		expect(report.summarySource, `cut at ${bytes}`).toBe(length > 0 ? "rebuilt" : "none");
		if (report.summary) {
			expect(report.summary).toMatchObject({ verdict: "error", durationMs: length * 1_000 });
			expect(report.summary.reason).toContain("killed");
		}
		const now = report.summary?.participants.joined ?? 0;
		expect(now).toBeLessThanOrEqual(joined);
		joined = now;
	});
	expect(joined).toBe(0);
});

test("events.jsonl cut at any byte: lives as far as it goes", { timeout: 60_000 }, async () => {
	const folder = await resultFolderOf(small);
	const whole = await readReport(folder);
	await eachCut(join(folder, "events.jsonl"), async () => {
		const report = await readReport(folder);
		expect(report.summary).toEqual(whole.summary);
		expect(report.worst.length).toBeLessThanOrEqual(whole.worst.length);
	});
	expect((await readReport(folder)).missing).toEqual([
		"events.jsonl is empty: what happened to whom is not known.",
	]);
});
