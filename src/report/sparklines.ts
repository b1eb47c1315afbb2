import type { ChalkInstance } from "chalk";
import sparkly from "sparkly";
import { stripControlCharacters } from "../sink/control-characters.js";
import { clockTime } from "../sink/figure.js";
import type { Report, ReportMark, ReportSeries } from "./report.js";
import {
	axisText,
	columnAt,
	columnsOf,
	rangeOf,
	type SeriesRow,
	seriesRows,
} from "./series-rows.js";

const labelWidth = 11;
/** Room for `12,000 … 12,000`. */
const rangeWidth = 22;
const mostMarks = 12;

/** How many columns a sparkline has in a terminal so wide. */
export function sparkColumns(terminalColumns: number): number {
	return Math.max(10, Math.min(100, terminalColumns - labelWidth - rangeWidth - 4));
}

/** One line a figure that was measured: name, sparkline, smallest and largest; below them the marks of the run. */
export function sparklines(report: Report, columns: number, chalk: ChalkInstance): string[] {
	const { series, marks } = report;
	if (series.elapsedMs.length < 2) return [];
	return [
		...seriesRows.flatMap((row) => sparkline(series, row, columns) ?? []),
		chalk.dim(`${"".padEnd(labelWidth)} ${axisText(series, columns)}`),
		...markLines(series, marks, columns, chalk),
	];
}

/** Each figure twice, one run above the other, on one scale; the time scales are the runs' own. */
export function comparedSparklines(
	runs: readonly { readonly name: string; readonly report: Report }[],
	columns: number,
	chalk: ChalkInstance,
): string[] {
	const rows = seriesRows.flatMap((row) => {
		const ends = rangeOf(runs.flatMap(({ report }) => [...report.series[row.name]]));
		if (!ends) return [];
		return runs.flatMap(({ name, report }, index) => {
			const label = `${index === 0 ? row.label.padEnd(labelWidth) : "".padEnd(labelWidth)} ${name}`;
			return sparkline(report.series, { ...row, label, to: row.to ?? ends.highest }, columns) ?? [];
		});
	});
	const axes = runs.map(({ name, report }) =>
		chalk.dim(`${"".padEnd(labelWidth)} ${name} ${axisText(report.series, columns)}`),
	);
	return [...rows, ...axes];
}

function sparkline(series: ReportSeries, row: SeriesRow, columns: number): string | undefined {
	const range = rangeOf(series[row.name]);
	if (!range) return undefined;
	const { from = 0, to = range.highest } = row;
	const drawn = columnsOf(series, row, columns).map((value) => value ?? Number.NaN);
	const line = sparkly(drawn, { minimum: from, maximum: Math.max(from, to) });
	const [lowest, highest] = [row.text(range.lowest), row.text(range.highest)];
	const ends = lowest === highest ? lowest : `${lowest} … ${highest}`;
	return `${row.label.padEnd(labelWidth)} ${line}  ${ends}`;
}

/** An arrow below each moment, and what it was. */
function markLines(
	series: ReportSeries,
	marks: readonly ReportMark[],
	columns: number,
	chalk: ChalkInstance,
): string[] {
	if (marks.length === 0) return [];
	const arrows = Array.from({ length: Math.min(columns, series.elapsedMs.length) }, () => " ");
	for (const { fromMs, untilMs = fromMs } of marks) {
		const [first, last] = [columnAt(series, fromMs, columns), columnAt(series, untilMs, columns)];
		arrows.fill("▲", first, last + 1);
	}
	const told = marks.slice(0, mostMarks).map((mark) => `  ▲ ${whenOf(mark)}  ${clean(mark.text)}`);
	const more = marks.length - told.length;
	return [
		chalk.yellow(`${"".padEnd(labelWidth)} ${arrows.join("").trimEnd()}`),
		...told.map((line) => chalk.yellow(line)),
		...(more > 0 ? [chalk.dim(`  and ${more} more in events.jsonl`)] : []),
	];
}

function whenOf({ fromMs, untilMs }: ReportMark): string {
	return untilMs === undefined
		? clockTime(fromMs)
		: `${clockTime(fromMs)} to ${clockTime(untilMs)}`;
}

function clean(text: string): string {
	return stripControlCharacters(text);
}
