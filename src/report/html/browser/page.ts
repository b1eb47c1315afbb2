// The script of report.html: draws the time lines from the data in the page and ties their cursors and zoom together.
import type { ChartData } from "../chart-data.js";
import { offerCopies } from "./copy.js";
import { type DrawnChart, drawChart } from "./draw-chart.js";
import { onThemeChange } from "./theme.js";
import { Zoom } from "./zoom.js";

const text = document.getElementById("chart-data")?.textContent;
const data: ChartData = JSON.parse(text ?? '{"charts":[],"runs":[]}');
const runs = data.runs.map((run) => ({ ...run, seconds: secondsOf(run.stepsMs) }));
const lastSeconds = Math.max(1, ...runs.map(({ seconds }) => seconds.at(-1) ?? 0));
const firstSeconds = Math.min(lastSeconds, ...runs.map(({ seconds }) => seconds[0] ?? 0));

const zoom = new Zoom(Math.min(0, firstSeconds), lastSeconds);
const drawn: DrawnChart[] = [];
for (const chart of data.charts) {
	const place = document.getElementById(`chart-${chart.id}`);
	if (place) drawn.push(drawChart({ place, chart, runs, zoom, others: () => drawn }));
}
if (drawn.length > 0) zoom.offerButtons(document.querySelector<HTMLElement>(".toolbar"));
onThemeChange(() => {
	for (const each of drawn) each.redraw();
});
offerCopies();
document.documentElement.dataset.ready = "true";

function secondsOf(stepsMs: readonly number[]): number[] {
	let atMs = 0;
	return stepsMs.map((stepMs) => {
		atMs += stepMs;
		return atMs / 1_000;
	});
}
