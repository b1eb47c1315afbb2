import type { ReportSeries } from "../report.js";
import type { ChartLine, ColumnMerge } from "./chart.js";

/** A stretch of the run as a row of the table. */
export interface MergedRow {
	readonly untilMs: number;
	/** As the lines asked for; null where nothing was measured. */
	readonly values: readonly (number | null)[];
}

/** Merges the steps of a run into at most `most` rows of nearly equal length; no step is dropped. */
export function mergedRows(
	series: ReportSeries,
	lines: readonly ChartLine[],
	most: number,
): MergedRow[] {
	const steps = series.elapsedMs.length;
	const rows = Math.min(most, steps);
	return Array.from({ length: rows }, (_, row) => {
		const from = Math.floor((row * steps) / rows);
		const until = Math.floor(((row + 1) * steps) / rows);
		const values = lines.map(({ column, merge }) =>
			merged(series[column].slice(from, until), merge),
		);
		return { untilMs: series.elapsedMs[until - 1] ?? 0, values };
	});
}

function merged(values: readonly (number | null)[], how: ColumnMerge): number | null {
	const known = values.filter((value) => value !== null);
	if (known.length === 0) return null;
	switch (how) {
		case "mean":
			return known.reduce((sum, value) => sum + value, 0) / known.length;
		case "largest":
			return known.reduce((most, value) => Math.max(most, value));
		case "last":
			return known.at(-1) ?? null;
	}
}
