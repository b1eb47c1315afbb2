import fc from "fast-check";
import { expect, test } from "vitest";
import { charts } from "../../../src/report/html/chart.js";
import { chartData } from "../../../src/report/html/chart-data.js";
import { inlineJson } from "../../../src/report/html/inline-json.js";
import { mergedRows } from "../../../src/report/html/merged-rows.js";
import { seriesSentence } from "../../../src/report/html/series-sentence.js";
import { sidesOf } from "../../../src/report/html/side.js";
import { emptyReportCase, nobodyConnectedCase, reportCase } from "../../rig/report-case.js";

const loss = { column: "loss", label: "loss", merge: "mean" } as const;

test("inline JSON reads back as it was and opens no tag", () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.string(), (value, text) => {
			const json = inlineJson({ value, text: `<${text}` });
			expect(json).not.toContain("<");
			expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text: `<${text}` })));
		}),
	);
});

test("the moments of the steps come back by adding up", () => {
	const report = reportCase();
	const [run] = chartData(sidesOf(report, undefined)).runs;
	let atMs = 0;
	expect(run?.stepsMs.map((step) => (atMs += step))).toEqual(report.series.elapsedMs);
});

test("a chart is left out only where no run has a value for it", () => {
	const ids = (...reports: Parameters<typeof sidesOf>) =>
		chartData(sidesOf(...reports)).charts.map(({ id }) => id);
	expect(ids(reportCase(), undefined)).toEqual(
		charts.map(({ id }) => id).filter((id) => id !== "silence"),
	);
	expect(ids(nobodyConnectedCase(), undefined)).not.toContain("loss");
	expect(ids(nobodyConnectedCase(), reportCase())).toContain("loss");
	expect(ids(emptyReportCase(), undefined)).toEqual([]);
});

test("merged rows drop no step: the largest stays the largest, the last the last", () => {
	const { series } = reportCase();
	const column = fc.array(fc.option(fc.nat(1_000)), { minLength: 1, maxLength: 200 });
	fc.assert(
		fc.property(column, fc.integer({ min: 1, max: 60 }), (values, most) => {
			const elapsedMs = values.map((_, index) => index * 1_000);
			const rows = mergedRows(
				{ ...series, elapsedMs, rttMs: values, alive: values },
				[
					{ column: "rttMs", label: "", merge: "largest" },
					{ column: "alive", label: "", merge: "last" },
				],
				most,
			);
			const known = values.filter((value) => value !== null);
			expect(rows.length).toBe(Math.min(most, values.length));
			expect(rows.at(-1)?.untilMs).toBe(elapsedMs.at(-1));
			const largest = rows.flatMap((row) => row.values[0] ?? []);
			expect(Math.max(-1, ...largest)).toBe(Math.max(-1, ...known));
			expect(rows.flatMap((row) => row.values[1] ?? []).at(-1)).toBe(known.at(-1));
		}),
	);
});

test("a line in words names its mean and its extremes, and when the most was", () => {
	const { series } = reportCase();
	const elapsedMs = [1_000, 2_000, 63_000];
	expect(seriesSentence(loss, "ratio", { ...series, elapsedMs, loss: [0.01, null, 0.03] })).toBe(
		"loss: mean 2.00%, least 1.00%, most 3.00% at 01:03",
	);
	expect(seriesSentence(loss, "ratio", { ...series, elapsedMs, loss: [0, 0, null] })).toBe(
		"loss: 0.00% all the time",
	);
	expect(
		seriesSentence(loss, "ratio", { ...series, elapsedMs, loss: [null, null, null] }),
	).toBeUndefined();
});
