import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { compareText } from "../../../src/report/compare-text.js";
import { comparedFigures } from "../../../src/report/compared-figures.js";
import { readReport } from "../../../src/report/read-report.js";
import type { Report, ReportSeries } from "../../../src/report/report.js";
import { sparklines } from "../../../src/report/sparklines.js";
import { aggregatesOf, samples, summaryOf } from "../sink/fabricated-run.js";
import { joins, resultFolderOf, small } from "./result-files.js";

const chalk = new Chalk({ level: 0 });

function series(alive: readonly (number | null)[]): ReportSeries {
	const none = alive.map(() => null);
	return {
		...{
			stepMs: 1_000,
			elapsedMs: alive.map((_, index) => (index + 1) * 1_000),
			target: none,
			alive,
		},
		...{ joined: none, failed: none, loss: none, jitterMs: none, rttMs: none, mos: none },
		...{ silence: none, lagMs: none, rssBytes: none },
	};
}

function reportOf(alive: readonly (number | null)[], marks: Report["marks"] = []): Report {
	return {
		...{ name: "n", run: undefined, summary: undefined, summarySource: "none", missing: [] },
		...{ series: series(alive), marks, worst: [], connectMs: [], agents: [] },
	};
}

test("what was not measured is a hole, and a figure that never was has no line", () => {
	const [alive, ...rest] = sparklines(reportOf([0, null, 4, 8]), 20, chalk);
	expect(alive).toBe("alive       ▁ ▄█  0 … 8");
	expect(rest.map((line) => line.trim())).toEqual(["00:04"]);
});

test("fewer columns than steps: a dip of one step stays", () => {
	const values = Array.from({ length: 100 }, (_, index) => (index === 57 ? 0 : 8));
	const [alive] = sparklines(reportOf(values), 10, chalk);
	expect(alive).toBe("alive       █████▁████  0 … 8");
});

test("marks stand below their moment, a stretch below all of it", () => {
	const lines = sparklines(
		reportOf(
			[1, 1, 1, 1, 1, 1],
			[
				{ kind: "fault", fromMs: 1_500, untilMs: 3_500, text: "partition: 3 affected" },
				{ kind: "stop", fromMs: 5_900, text: "stopping: \u001b[2Jx" },
			],
		),
		20,
		chalk,
	);
	expect(lines.slice(2)).toEqual([
		"             ▲▲▲ ▲",
		"  ▲ 00:01 to 00:03  partition: 3 affected",
		"  ▲ 00:05  stopping: x",
	]);
});

test("compared: A minus B, A over B, and what is unknown in one is unknown, not zero", () => {
	const [a, b] = [
		summaryOf(aggregatesOf([...joins(300), ...samples])),
		summaryOf(aggregatesOf(joins(100))),
	];
	const figures = new Map(comparedFigures(a, b).map((one) => [one.name, one]));
	expect(figures.get("participants joined")).toMatchObject({
		a: 13,
		b: 1,
		difference: 12,
		ratio: 13,
	});
	expect(figures.get("participants failed")).toMatchObject({
		a: 3,
		b: 0,
		difference: 3,
		ratio: undefined,
	});
	expect(figures.get("rtp.loss mean")).toMatchObject({
		a: 0.02,
		b: undefined,
		difference: undefined,
	});
	expect(figures.has("data.loss mean")).toBe(false);
});

test("two runs side by side say what makes them hard to compare", async () => {
	const [a, b] = await Promise.all(
		[1, 2].map(async (seed) =>
			readReport(
				await resultFolderOf({ ...small, info: { participants: seed }, changes: { seed } }),
			),
		),
	);
	if (!a || !b) throw new Error("two were read");
	const text = compareText(a, b, { chalk, columns: 100 });
	expect(text).toMatch(/seed +A 1 {3}B 2/);
	expect(text).toMatch(/participants +A 1 {3}B 2/);
	expect(text).not.toMatch(/machine +A/);
	expect(text).toMatch(/connect\.media p50 +212ms +212ms +0ms +× 1\.00/);
	expect(text).toMatch(/alive +A █+ .*\n +B █+/);
});
