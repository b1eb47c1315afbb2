import { html } from "hono/html";
import { count, figure } from "../../sink/figure.js";
import type { ReportBar } from "../report.js";
import { barScale } from "./bar-scale.js";
import type { Markup } from "./markup.js";
import { niceTicks } from "./nice-ticks.js";
import { scrollTable } from "./scroll-table.js";
import { type Side, sideName } from "./side.js";

const height = 150;

/** How long connects took, scheduled start to first remote packet, with the percentiles marked. */
export function histogram(sides: readonly Side[]): Markup {
	const all = sides.flatMap(({ report }) => report.connectMs);
	return html`<h3>Connect time</h3>
<div class="sides stacked">${sides.map((side) => oneHistogram(side, sides.length > 1 ? all : side.report.connectMs))}</div>`;
}

function oneHistogram(side: Side, scaled: readonly ReportBar[]): Markup {
	const { connectMs: bars, summary } = side.report;
	const name = `Histogram of connect time${side.letter && `, ${sideName(side)}`}`;
	const total = bars.reduce((sum, bar) => sum + bar.count, 0);
	if (total === 0)
		return html`<p class="nothing">${side.letter} No connect came as far as media.</p>`;
	const most = Math.max(...bars.map((bar) => bar.count));
	const position = barScale(scaled);
	const metric = summary?.metrics["connect.media"];
	const marks = (["p50", "p95", "p99"] as const).flatMap((statistic) =>
		metric ? [{ statistic, ms: metric[statistic] }] : [],
	);
	const label = `${name}: ${count(total)} connects${marks.map(({ statistic, ms }) => `, ${statistic} ${figure(ms, "ms")}`).join("")}. The table below has the bars.`;
	return html`<figure class="histogram"><figcaption>${side.letter === "" ? "connects by the time from the scheduled start to the first remote packet" : sideName(side)}</figcaption>
<svg role="img" aria-label="${label}" width="100%" height="${height + 26}">
${niceTicks(most, 3).map((tick) => grid(tick, most))}
${bars.map((bar) => column(bar, most, position))}
${marks.map(({ statistic, ms }, row) => percentileMark(`${statistic} ${figure(ms, "ms")}`, position(ms), row))}
${edges(scaled, position).map((ms) => edge(ms, position(ms)))}
</svg>
<details><summary>The bars as a table</summary>${scrollTable(
		name,
		["from", "to", "connects", "share"],
		bars.map((bar) => [
			figure(bar.fromMs, "ms"),
			figure(bar.toMs, "ms"),
			count(bar.count),
			figure(bar.count / total, "ratio"),
		]),
	)}</details></figure>`;
}

const top = 34;
/** Percent of the width, on a telephone. */
const labelRoom = 12;

function grid(tick: number, most: number): Markup {
	const y = (top + (height - top) * (1 - tick / most)).toFixed(1);
	return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="tick" x="0" y="${y}" dy="-3">${count(tick)}</text>`;
}

function column(bar: ReportBar, most: number, position: (ms: number) => number): Markup {
	const [from, to] = [position(bar.fromMs), position(bar.toMs)];
	const tall = ((height - top) * bar.count) / most;
	const title = `${figure(bar.fromMs, "ms")} to ${figure(bar.toMs, "ms")}: ${count(bar.count)}`;
	return html`<rect class="column" x="${from.toFixed(3)}%" width="${Math.max(0, to - from).toFixed(3)}%" y="${(height - tall).toFixed(1)}" height="${tall.toFixed(1)}"><title>${title}</title></rect>`;
}

/** Labels stand on a line each: p95 and p99 are often close. */
function percentileMark(text: string, at: number, row: number): Markup {
	const x = `${at.toFixed(3)}%`;
	const end = at > 85;
	return html`<line class="mark" x1="${x}" x2="${x}" y1="${2 + row * 11}" y2="${height}"/><text class="mark-label" x="${x}" dx="${end ? -4 : 4}" y="${10 + row * 11}" text-anchor="${end ? "end" : "start"}">${text}</text>`;
}

/** Edges that bars begin or end at, as many as can be labelled without touching. */
function edges(bars: readonly ReportBar[], position: (ms: number) => number): number[] {
	const all = [...new Set(bars.flatMap((bar) => [bar.fromMs, bar.toMs]))].sort((a, b) => a - b);
	const last = all.at(-1) ?? 0;
	const kept: number[] = [];
	for (const ms of all) {
		const free = position(ms) - position(kept.at(-1) ?? Number.NEGATIVE_INFINITY) >= labelRoom;
		if (kept.length === 0 || (free && position(last) - position(ms) >= labelRoom)) kept.push(ms);
	}
	return [...kept, ...(last > (kept[0] ?? 0) ? [last] : [])];
}

function edge(ms: number, at: number): Markup {
	const anchor = at < 3 ? "start" : at > 97 ? "end" : "middle";
	return html`<line class="grid" x1="${at}%" x2="${at}%" y1="${height}" y2="${height + 5}"/><text class="tick" x="${at}%" y="${height + 18}" text-anchor="${anchor}">${figure(ms, "ms")}</text>`;
}
