import type { ReportSeries } from "../report.js";

/** A column of `ReportSeries` that can be drawn. */
export type ColumnName = Exclude<keyof ReportSeries, "stepMs" | "elapsedMs">;

export type ChartUnit = "count" | "rate" | "ratio" | "ms" | "mos" | "bytes";

/** How two steps of a column become one in the table: as the column itself was made. */
export type ColumnMerge = "mean" | "largest" | "last";

export interface ChartLine {
	readonly column: ColumnName;
	readonly label: string;
	readonly merge: ColumnMerge;
	/** Drawn thin and dashed: what was wanted, not what was. */
	readonly aim?: boolean;
}

/** A time line of the report: one axis, one or two lines. */
export interface Chart {
	readonly id: string;
	readonly title: string;
	/** What a point is. */
	readonly note: string;
	readonly unit: ChartUnit;
	readonly lines: readonly ChartLine[];
}

/** In the order an on-call reader asks: is everybody there, can they hear, is it the network, is it us. */
export const charts: readonly Chart[] = [
	{
		id: "participants",
		title: "Participants",
		note: "alive against target",
		unit: "count",
		lines: [
			{ column: "alive", label: "alive", merge: "last" },
			{ column: "target", label: "target", merge: "last", aim: true },
		],
	},
	{
		id: "joins",
		title: "Joins",
		note: "joined and failed a second",
		unit: "rate",
		lines: [
			{ column: "joined", label: "joined", merge: "mean" },
			{ column: "failed", label: "failed", merge: "mean" },
		],
	},
	single("loss", "Packet loss", "lost of expected, each step", "ratio", "mean"),
	single("jitterMs", "Jitter", "p95 of each step", "ms", "largest"),
	single("rttMs", "Round-trip time", "p95 of each step", "ms", "largest"),
	single("mos", "Estimated MOS", "mean of each step, 1 to 4.5", "mos", "mean"),
	single("silence", "Silence", "of the time in which a voice was due", "ratio", "mean"),
	single("lagMs", "Tester lag", "p99 of each step, slowest process", "ms", "largest"),
	single("rssBytes", "Tester memory", "all workers together", "bytes", "last"),
];

function single(
	column: ColumnName,
	title: string,
	note: string,
	unit: ChartUnit,
	merge: ColumnMerge,
): Chart {
	const id = column.replace(/Ms$|Bytes$/, "");
	return {
		id,
		title,
		note,
		unit,
		lines: [{ column, label: title.charAt(0).toLowerCase() + title.slice(1), merge }],
	};
}
