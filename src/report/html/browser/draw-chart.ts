import uPlot from "uplot";
import type { Chart } from "../chart.js";
import type { ChartRun } from "../chart-data.js";
import { chartValue } from "../chart-value.js";
import { drawMarks } from "./draw-marks.js";
import { offerKeys } from "./keys.js";
import { type DrawnLine, linesOf } from "./lines.js";
import { readout } from "./readout.js";
import { color } from "./theme.js";
import { axisLook, timeAxis } from "./time-axis.js";
import type { Zoom } from "./zoom.js";

export interface DrawnChart {
	/** Puts the shared cursor there, in seconds since the start. */
	cursorTo(seconds: number): void;
	redraw(): void;
}

export interface ChartOrder {
	readonly place: HTMLElement;
	readonly chart: Chart;
	readonly runs: readonly (ChartRun & { readonly seconds: number[] })[];
	readonly zoom: Zoom;
	/** All charts, this one too. */
	readonly others: () => readonly DrawnChart[];
}

const height = 132;
/** A page of A4 less its margins, in CSS pixels. */
const printWidth = 700;
/** Of an axis of people: nobody is there in halves. */
const wholeSteps = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) => [
	power,
	2 * power,
	5 * power,
]);
/** A drag shorter than this is a click. */
const leastDragPx = 4;

/** Draws one time line into its figure. */
export function drawChart({ place, chart, runs, zoom, others }: ChartOrder): DrawnChart {
	const frame = place.querySelector<HTMLElement>(".plot") ?? place;
	const { data, lines } = linesOf(chart, runs);
	const print = matchMedia("print");
	const width = () => (print.matches ? printWidth : Math.max(frame.clientWidth, 200));
	const plot = new uPlot(
		{
			width: width(),
			height,
			legend: { show: false },
			padding: [8, 26, 0, 0],
			scales: {
				x: { time: false, range: () => [zoom.from, zoom.until] },
				y: { range: (_, min, max) => range(chart, min, max) },
			},
			axes: [
				timeAxis(),
				{
					...axisLook(),
					size: 66,
					...(chart.unit === "count" ? { incrs: wholeSteps } : {}),
					space: 28,
					values: (_, splits) => splits.map((value) => chartValue(value, chart.unit)),
				},
			],
			series: [{}, ...lines.map(seriesOf)],
			cursor: {
				y: false,
				points: { size: 7 },
				drag: { x: true, y: false, setScale: false },
				sync: { key: "livesoak", setSeries: false },
				bind: {
					dblclick: () => () => {
						zoom.reset();
						return null;
					},
				},
			},
			hooks: {
				drawAxes: [(self) => drawMarks(self, runs[0]?.marks ?? [])],
				setSelect: [(self) => zoomToSelection(self, zoom)],
				setCursor: [(self) => readout(self, place, chart, lines)],
			},
		},
		data,
		frame,
	);
	zoom.onChange((min, max) => plot.setScale("x", { min, max }));
	const resize = () => plot.setSize({ width: width(), height });
	new ResizeObserver(resize).observe(frame);
	const drawn: DrawnChart = {
		cursorTo: (seconds) => plot.setCursor({ left: plot.valToPos(seconds, "x"), top: 1 }),
		redraw: () => {
			resize();
			plot.redraw(false, true);
		},
	};
	offerKeys({ frame, plot, title: chart.title, zoom, others });
	return drawn;
}

function seriesOf({ name, aim, second, other }: DrawnLine): uPlot.Series {
	const colorName = other
		? second
			? "line-b2"
			: "line-b"
		: aim
			? "muted"
			: second
				? "line-2"
				: "line-1";
	return {
		label: name,
		stroke: () => color(colorName),
		width: aim ? 1 : 1.5,
		...(aim || other ? { dash: other ? [5, 3] : [2, 3] } : {}),
		points: { show: false },
	};
}

/** Zero is in the picture, except for MOS, whose floor is 1; a flat line still gets room. */
function range({ unit }: Chart, min: number | null, max: number | null): uPlot.Range.MinMax {
	if (unit === "mos") return [Math.min(3, min ?? 3), 4.6];
	const least = Math.min(0, min ?? 0);
	const most = max ?? 0;
	return [least, most > 0 ? most * 1.08 : unit === "ratio" ? 0.01 : 1];
}

/** Synced charts report the same selection: zooming to it again changes nothing. */
function zoomToSelection(plot: uPlot, zoom: Zoom): void {
	const { left, width } = plot.select;
	if (width < leastDragPx) return;
	const [from, until] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
	plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
	zoom.show(from, until);
}
