import { clockTime, figure } from "../sink/figure.js";
import type { ReportSeries } from "./report.js";

export type SeriesName = Exclude<keyof ReportSeries, "stepMs" | "elapsedMs">;

/** A time line as a terminal shows it. */
export interface SeriesRow {
	readonly name: SeriesName;
	readonly label: string;
	/** What the column of a few steps shows: the worst of them, which is the lowest for a figure that should be high. */
	readonly worst: "highest" | "lowest";
	/** The scale: its ends, where they do not come from the values. The lower one is 0 unless told. */
	readonly from?: number;
	readonly to?: number;
	text(value: number): string;
}

export const seriesRows: readonly SeriesRow[] = [
	{ name: "alive", label: "alive", worst: "lowest", text: plain },
	{ name: "joined", label: "joins/s", worst: "highest", text: rate },
	{ name: "failed", label: "failed/s", worst: "highest", text: rate },
	{ name: "loss", label: "loss", worst: "highest", text: (value) => figure(value, "ratio") },
	{ name: "jitterMs", label: "jitter p95", worst: "highest", text: (value) => figure(value, "ms") },
	{ name: "rttMs", label: "RTT p95", worst: "highest", text: (value) => figure(value, "ms") },
	{ name: "mos", label: "MOS", worst: "lowest", from: 1, to: 4.5, text: (v) => figure(v, "mos") },
	{ name: "silence", label: "silence", worst: "highest", text: (value) => figure(value, "ratio") },
	{ name: "lagMs", label: "tester lag", worst: "highest", text: (value) => figure(value, "ms") },
	{ name: "rssBytes", label: "memory", worst: "highest", text: (v) => `${Math.round(v / 1e6)} MB` },
];

/** The values drawn into so many columns of equal width; null where nothing was measured. */
export function columnsOf(
	series: ReportSeries,
	{ name, worst }: SeriesRow,
	columns: number,
): (number | null)[] {
	const values = series[name];
	const width = Math.min(columns, values.length);
	return Array.from({ length: width }, (_, column) => {
		const from = Math.floor((column * values.length) / width);
		const to = Math.floor(((column + 1) * values.length) / width);
		const measured = values.slice(from, to).filter((value) => value !== null);
		if (measured.length === 0) return null;
		return worst === "highest" ? Math.max(...measured) : Math.min(...measured);
	});
}

/** The smallest and the largest value; undefined where nothing was measured. */
export function rangeOf(
	values: readonly (number | null)[],
): { readonly lowest: number; readonly highest: number } | undefined {
	const measured = values.filter((value) => value !== null);
	if (measured.length === 0) return undefined;
	return { lowest: Math.min(...measured), highest: Math.max(...measured) };
}

/** The column in which a moment is, of so many. */
export function columnAt(series: ReportSeries, atMs: number, columns: number): number {
	const width = Math.min(columns, series.elapsedMs.length);
	const step = series.elapsedMs.findIndex((elapsedMs) => elapsedMs >= atMs);
	const index = step < 0 ? series.elapsedMs.length - 1 : step;
	return Math.min(width - 1, Math.floor((index * width) / Math.max(1, series.elapsedMs.length)));
}

/** `00:00 … 05:10`, as wide as the columns. */
export function axisText(series: ReportSeries, columns: number): string {
	const width = Math.min(columns, series.elapsedMs.length);
	const end = clockTime(series.elapsedMs.at(-1) ?? 0);
	const start = "0";
	return width > start.length + end.length ? start + end.padStart(width - start.length) : end;
}

function plain(value: number): string {
	return figure(value, "count");
}

function rate(value: number): string {
	return value.toFixed(1);
}
