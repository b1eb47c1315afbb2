import type uPlot from "uplot";
import { clockTime } from "../../../sink/figure.js";
import type { Chart } from "../chart.js";
import { chartValue } from "../chart-value.js";
import type { DrawnLine } from "./lines.js";

/** Writes what is under the cursor into the chart's caption, and for screen readers into its slider. */
export function readout(
	plot: uPlot,
	place: HTMLElement,
	chart: Chart,
	lines: readonly DrawnLine[],
): void {
	const output = place.querySelector(".readout");
	const slider = place.querySelector("[role=slider]");
	const index = plot.cursor.idx;
	const seconds = index === null || index === undefined ? undefined : plot.data[0][index];
	if (!output || index === null || index === undefined || seconds === undefined) {
		if (output) output.textContent = "";
		return;
	}
	const values = lines.map(
		({ name }, line) => `${name} ${chartValue(valueAt(plot, line + 1, index), chart.unit)}`,
	);
	const text = `${clockTime(seconds * 1_000)}  ${values.join("  ")}`;
	output.textContent = text;
	slider?.setAttribute("aria-valuenow", String(Math.round(seconds)));
	slider?.setAttribute("aria-valuetext", text);
}

/** Where two runs are joined a step may belong to the other one: then the value before it holds. */
function valueAt(plot: uPlot, series: number, index: number): number | null {
	const column = plot.data[series];
	for (let at = index; at >= 0; at--) {
		const value = column?.[at];
		if (value !== undefined) return value;
	}
	return null;
}
