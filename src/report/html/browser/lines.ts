import uPlot from "uplot";
import type { Chart } from "../chart.js";
import type { ChartRun } from "../chart-data.js";

export interface DrawnLine {
	/** With the run's letter where there are two. */
	readonly name: string;
	readonly aim: boolean;
	/** Not the first line of its run: another colour. */
	readonly second: boolean;
	/** Of the run that is compared with. */
	readonly other: boolean;
}

/** The lines of a chart over one axis of time; runs that were sampled at other moments are joined. */
export function linesOf(
	{ lines }: Chart,
	runs: readonly (ChartRun & { readonly seconds: number[] })[],
): { readonly data: uPlot.AlignedData; readonly lines: readonly DrawnLine[] } {
	const drawn: DrawnLine[] = [];
	const tables = runs.map(({ letter, seconds, columns }, index): uPlot.AlignedData => {
		const shown = lines.filter(({ column }) => columns[column]);
		for (const { label, aim } of shown) {
			const name = letter ? `${letter} ${label}` : label;
			drawn.push({ name, aim: aim ?? false, second: label !== lines[0]?.label, other: index > 0 });
		}
		return [seconds, ...shown.map(({ column }) => [...(columns[column] ?? [])])];
	});
	const [first = [[]]] = tables;
	return { data: tables.length > 1 ? uPlot.join(tables) : first, lines: drawn };
}
