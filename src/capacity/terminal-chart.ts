import plot from "simple-ascii-chart";
import type { Capacity } from "./capacity-result.js";
import { chartSeries, meanLine } from "./chart-series.js";

const height = 7;
/** Left of the line: the labels of the axis. */
const margin = 12;

/** The knee as a picture of characters: one small chart a figure, participants to the right. */
export function terminalCharts(result: Capacity, columns: number): string[] {
	const width = Math.max(20, Math.min(columns, 80) - margin);
	return chartSeries(result).flatMap(({ title, points, kneeAt }) => {
		const line = meanLine(points).map(([x, y]): [number, number] => [x, rounded(y)]);
		// A level line of zeros tells no more than the table does.
		if (line.length < 2 || line.every(([, y]) => y === 0)) return [];
		const knee = kneeAt === undefined ? "" : `, rising faster from ${kneeAt}`;
		const drawn = plot(line, {
			...{ width, height },
			// Its own ticks would run into each other where runs are close together.
			customXAxisTicks: ticksOf(line.map(([x]) => x)),
			thresholds: result.limit > 0 ? [{ x: result.participants }] : [],
			symbols: { thresholds: { x: "┆", y: "┆" } },
		});
		const lines = drawn.split("\n").map((line) => line.trimEnd());
		return [`${title} against participants${knee}`, ...lines.filter((line) => line !== "")];
	});
}

/** First, middle and last of those that were measured. */
function ticksOf(counts: readonly number[]): number[] {
	const picked = [0, Math.floor(counts.length / 2), counts.length - 1];
	return [...new Set(picked.map((i) => counts[i] ?? 0))];
}

function rounded(value: number): number {
	return Number(value.toPrecision(3));
}
