import { html } from "hono/html";
import { clockTime, count } from "../../sink/figure.js";
import type { ReportMark } from "../report.js";
import { type Chart, charts } from "./chart.js";
import { chartsMeasured, isMeasured } from "./chart-data.js";
import { chartValue } from "./chart-value.js";
import type { Markup } from "./markup.js";
import { mergedRows } from "./merged-rows.js";
import { scrollTable } from "./scroll-table.js";
import { seriesSentence } from "./series-sentence.js";
import { type Side, sideName } from "./side.js";

const mostRows = 48;
const mostMarks = 100;

/** The run over time: a chart each figure, filled by the page's script, each with a sentence, all with a table. */
export function timeLines(sides: readonly Side[]): Markup {
	const shown = chartsMeasured(sides);
	if (shown.length === 0)
		return html`<p class="nothing">The timeline of this run holds no step.</p>`;
	const notShown = charts.filter((chart) => !shown.includes(chart));
	return html`${sides.map(marksOf)}
<div class="toolbar" role="toolbar" aria-label="Zoom of all time lines" hidden>
<button type="button" data-zoom="out">− wider</button><button type="button" data-zoom="in">+ closer</button><button type="button" data-zoom="back">← earlier</button><button type="button" data-zoom="on">later →</button><button type="button" data-zoom="reset">whole run</button>
<span class="range" role="status"></span>
<span class="hint">Drag to zoom, double-click for the whole run. Keys on a chart: ← → move, Shift further, + − zoom, 0 whole run.</span></div>
<noscript><p class="notice">The charts are drawn by a script in this file, which is switched off. The table below has the figures.</p></noscript>
${sides.length > 1 ? html`<p class="key"><span class="swatch swatch-a"></span> A <span class="swatch swatch-b"></span> B, dashed; both by time since their start. The marks on the charts are those of A.</p>` : ""}
${shown.map((chart) => chartFigure(chart, sides))}
${notShown.length > 0 ? html`<p class="nothing">Not measured in this run: ${notShown.map(({ title }) => title.toLowerCase()).join(", ")}.</p>` : ""}
${sides.map((side) => lineTable(side, shown))}`;
}

function chartFigure(chart: Chart, sides: readonly Side[]): Markup {
	const sentences = sides.flatMap(({ letter, report: { series } }) =>
		chart.lines
			.filter(({ aim }) => !aim)
			.map((line) => seriesSentence(line, chart.unit, series))
			.filter((sentence) => sentence !== undefined)
			.map((sentence) => (letter ? `${letter}: ${sentence}` : sentence)),
	);
	return html`<figure class="chart" id="chart-${chart.id}" data-chart="${chart.id}">
<figcaption><h3>${chart.title}</h3> <span class="note">${chart.note}</span> <span class="readout" aria-hidden="true"></span></figcaption>
<div class="plot"></div>
<p class="sentence">${sentences.join("; ")}</p></figure>`;
}

function marksOf(side: Side): Markup {
	const { marks } = side.report;
	if (marks.length === 0) return html``;
	const name = `Marks on the time lines${side.letter && `, ${sideName(side)}`}`;
	const rows = marks
		.slice(0, mostMarks)
		.map((mark, index) => [`${index + 1}`, markTime(mark), kinds[mark.kind], mark.text]);
	return html`<details class="marks" ${marks.length <= 12 ? "open" : ""}><summary>${name} (${count(marks.length)})</summary>${scrollTable(name, ["", "when", "what", "which"], rows, "texts")}${
		marks.length > mostMarks
			? html`<p class="nothing">${count(marks.length - mostMarks)} more are in events.jsonl.</p>`
			: ""
	}</details>`;
}

const kinds: Readonly<Record<ReportMark["kind"], string>> = {
	fault: "fault",
	"worker-died": "worker died",
	agent: "agent",
	stop: "stop",
	threshold: "threshold",
};

function markTime({ fromMs, untilMs }: ReportMark): string {
	return untilMs === undefined
		? clockTime(fromMs)
		: `${clockTime(fromMs)} to ${clockTime(untilMs)}`;
}

/** The same for who cannot see a chart, in steps that a person can read. */
function lineTable(side: Side, shown: readonly Chart[]): Markup {
	const { series } = side.report;
	const columns = shown
		.filter((chart) => isMeasured(chart, series))
		.flatMap((chart) => chart.lines.map((line) => ({ ...line, unit: chart.unit })));
	const rows = mergedRows(series, columns, mostRows).map(({ untilMs, values }) => [
		clockTime(untilMs),
		...values.map((value, index) => chartValue(value, columns[index]?.unit ?? "count")),
	]);
	const name = `The time lines as a table${side.letter && `, ${sideName(side)}`}`;
	const head = columns.map(
		({ label, merge }) => `${label}${merge === "largest" ? " (largest)" : ""}`,
	);
	return html`<details><summary>${name}</summary>${scrollTable(name, ["up to", ...head], rows)}</details>`;
}
