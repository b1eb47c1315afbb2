import { clockTime } from "../../sink/figure.js";
import type { ReportSeries } from "../report.js";
import type { ChartLine, ChartUnit } from "./chart.js";
import { chartValue } from "./chart-value.js";

/**
 * A line of a chart in words, for who cannot see it: `loss: mean 0.04%, least 0.00%, most 2.10% at 1:02:03`.
 * @returns undefined where nothing was measured
 */
export function seriesSentence(
	line: ChartLine,
	unit: ChartUnit,
	series: ReportSeries,
): string | undefined {
	let [sum, measured, least, most, mostAtMs] = [
		0,
		0,
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
		0,
	];
	for (const [index, value] of series[line.column].entries()) {
		if (value === null) continue;
		sum += value;
		measured += 1;
		least = Math.min(least, value);
		if (value > most) [most, mostAtMs] = [value, series.elapsedMs[index] ?? 0];
	}
	if (measured === 0) return undefined;
	const say = (value: number) => chartValue(value, unit);
	if (least === most) return `${line.label}: ${say(most)} all the time`;
	return `${line.label}: mean ${say(sum / measured)}, least ${say(least)}, most ${say(most)} at ${clockTime(mostAtMs)}`;
}
