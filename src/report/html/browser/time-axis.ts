import type uPlot from "uplot";
import { clockTime } from "../../../sink/figure.js";
import { color } from "./theme.js";

const minute = 60;
const hour = 3_600;
/** Steps of a clock, in seconds; uPlot's own are those of a calendar or decimal. */
const steps = [
	1,
	2,
	5,
	10,
	15,
	30,
	minute,
	2 * minute,
	5 * minute,
	10 * minute,
	15 * minute,
	30 * minute,
];
const longSteps = [hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour];

/** The axis of time since the start of the run. */
export function timeAxis(): uPlot.Axis {
	return {
		...axisLook(),
		incrs: [...steps, ...longSteps],
		space: 70,
		size: 24,
		values: (_, splits) => splits.map((seconds) => clockTime(seconds * 1_000)),
	};
}

/** Functions, because the colours change with the theme. */
export function axisLook(): uPlot.Axis {
	return {
		stroke: () => color("muted"),
		grid: { stroke: () => color("grid"), width: 1 },
		ticks: { stroke: () => color("grid"), width: 1, size: 4 },
		font: "11px system-ui, sans-serif",
		gap: 3,
	};
}
