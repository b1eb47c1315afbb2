import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { html } from "hono/html";
import type { Markup } from "../report/html/markup.js";
import type { Capacity } from "./capacity-result.js";
import { type ChartSeries, meanLine } from "./chart-series.js";

const size = { width: 560, height: 240 };
const margin = { left: 56, right: 16, top: 30, bottom: 40 };

/** One figure against participants: each run a dot, the mean a line, the limit and its interval behind them. */
export function svgChart(series: ChartSeries, result: Capacity, toParticipants: Scale): Markup {
	const { points, title, kneeAt } = series;
	const right = Math.max(...points.map(({ participants }) => participants), result.participants);
	const x = scaleLinear([0, right], [margin.left, size.width - margin.right]).nice();
	const top = Math.max(...points.map(({ value }) => value)) || 1;
	const y = scaleLinear([0, top], [size.height - margin.bottom, margin.top]).nice();
	const path = line()(meanLine(points).map(([n, value]): [number, number] => [x(n), y(value)]));
	const bottom = size.height - margin.bottom;
	const end = x.range()[1] ?? size.width;
	const low = x(toParticipants(result.interval.low));
	const high =
		result.interval.high === null ? end : Math.min(end, x(toParticipants(result.interval.high)));
	return html`<figure>
		<svg viewBox="${`0 0 ${size.width} ${size.height}`}" role="img" aria-label="${`${title} against participants`}">
			<rect class="interval" x="${low}" y="${margin.top}" width="${Math.max(1, high - low)}" height="${bottom - margin.top}" />
			${y.ticks(5).map(
				(
					tick,
				) => html`<line class="grid" x1="${margin.left}" x2="${end}" y1="${y(tick)}" y2="${y(tick)}" />
				<text class="tick" x="${margin.left - 6}" y="${y(tick) + 4}" text-anchor="end">${y.tickFormat(5)(tick)}</text>`,
			)}
			${x.ticks(6).map((tick) => html`<text class="tick" x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${x.tickFormat(6)(tick)}</text>`)}
			<text class="axis" x="${(margin.left + end) / 2}" y="${size.height - 6}" text-anchor="middle">participants</text>
			<text class="title" x="${margin.left}" y="18">${title}</text>
			${result.limit > 0 && html`<line class="limit" x1="${x(result.participants)}" x2="${x(result.participants)}" y1="${margin.top}" y2="${bottom}" />`}
			${kneeAt !== undefined && html`<line class="knee" x1="${x(kneeAt)}" x2="${x(kneeAt)}" y1="${margin.top}" y2="${bottom}" />`}
			<path class="mean" d="${path}" />
			${points.map(
				(
					point,
				) => html`<circle class="${point.outcome}" cx="${x(point.participants)}" cy="${y(point.value)}" r="4">
					<title>${`${point.participants} participants: ${Number(point.value.toPrecision(3))}, ${point.outcome}`}</title>
				</circle>`,
			)}
		</svg>
	</figure>`;
}

/** The interval is in the varied unit, the axis in participants. */
export type Scale = (count: number) => number;
