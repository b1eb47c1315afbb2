import type { ReportMark, ReportSeries } from "../report.js";
import { type Chart, type ColumnName, charts } from "./chart.js";
import type { Side } from "./side.js";

/** What the page's script draws: the content of its `<script type="application/json">`. */
export interface ChartData {
	readonly charts: readonly Chart[];
	readonly runs: readonly ChartRun[];
}

export interface ChartRun {
	readonly letter: string;
	/** Each a difference to the one before, in ms: mostly one number over and over. */
	readonly stepsMs: readonly number[];
	readonly columns: Readonly<Partial<Record<ColumnName, readonly (number | null)[]>>>;
	readonly marks: readonly ReportMark[];
}

/** No eye can tell more from four digits, and a day of seconds must stay small. */
const digits = 4;
/** More marks than this would hide the lines. */
const mostMarks = 500;

export function chartData(sides: readonly Side[]): ChartData {
	return { charts: chartsMeasured(sides), runs: sides.map(chartRun) };
}

/** Those that some run has a value for. */
export function chartsMeasured(sides: readonly Side[]): readonly Chart[] {
	return charts.filter((chart) => sides.some(({ report }) => isMeasured(chart, report.series)));
}

export function isMeasured({ lines }: Chart, series: ReportSeries): boolean {
	return lines.some(({ column, aim }) => !aim && series[column].some((value) => value !== null));
}

function chartRun({ letter, report: { series, marks } }: Side): ChartRun {
	const names = charts.flatMap(({ lines }) => lines.map(({ column }) => column));
	const measured = names.filter((name) => series[name].some((value) => value !== null));
	return {
		letter,
		stepsMs: differences(series.elapsedMs.map(Math.round)),
		columns: Object.fromEntries(measured.map((name) => [name, series[name].map(short)])),
		marks: marks.slice(0, mostMarks),
	};
}

function differences(values: readonly number[]): number[] {
	return values.map((value, index) => value - (values[index - 1] ?? 0));
}

function short(value: number | null): number | null {
	return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(digits));
}
