import { count, figure, unknownFigure } from "../../sink/figure.js";
import type { ChartUnit } from "./chart.js";

/** A value of a time line with its unit, the same in the table, the sentence and under the cursor. */
export function chartValue(value: number | null | undefined, unit: ChartUnit): string {
	if (value === null || value === undefined || !Number.isFinite(value)) return unknownFigure;
	switch (unit) {
		case "count":
			return count(Math.round(value * 10) / 10);
		case "rate":
			return `${count(value)}/s`;
		case "bytes":
			return bytes(value);
		default:
			return figure(value, unit);
	}
}

function bytes(value: number): string {
	if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
	return `${count(Math.round(value / 1e5) / 10)} MB`;
}
