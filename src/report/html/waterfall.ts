import { html } from "hono/html";
import { peerStages, stages } from "../../sample/stage.js";
import { figure } from "../../sink/figure.js";
import type { Summary } from "../../verdict/summary.js";
import type { Markup } from "./markup.js";
import { niceTicks } from "./nice-ticks.js";
import { type Side, sideName } from "./side.js";
import { valueMarkup } from "./value-markup.js";

type Metric = Summary["metrics"][string];

const meanings: Readonly<Record<string, string>> = {
	socket: "WebSocket open",
	joined: "server let us in",
	gathered: "first local candidate",
	ice: "candidate pair nominated",
	dtls: "connection encrypted",
	published: "first own packet",
	media: "first remote packet",
	heard: "first audible frame",
};

const statistics = ["p50", "p90", "p95", "p99", "max"] as const;

/** The stages of a connect, each bar from the median of the stage before to its own, and on to its p95 and p99. */
export function waterfall(sides: readonly Side[]): Markup {
	const scaleMs = Math.max(0, ...sides.flatMap(({ report }) => slowest(report.summary)));
	return html`<p class="key"><span class="swatch swatch-median"></span> from the stage before to its own median
<span class="swatch swatch-p95"></span> to p95 <span class="swatch swatch-p99"></span> to p99. All times run from the scheduled start.</p>
<div class="sides stacked">${sides.map((side) => oneWaterfall(side, scaleMs))}</div>`;
}

function slowest(summary: Summary | undefined): number[] {
	return stages.map((stage) => summary?.metrics[`connect.${stage}`]?.p99 ?? 0);
}

function oneWaterfall(side: Side, scaleMs: number): Markup {
	const summary = side.report.summary;
	if (!summary) return html`<p class="nothing">${side.letter} No connect was recorded.</p>`;
	const { joined, failed } = summary.participants;
	const caption = `Connect stages${side.letter && `, ${sideName(side)}`}`;
	const prefix = side.letter === "B" ? "B." : "";
	return html`${side.letter === "" ? "" : html`<h3>${sideName(side)}</h3>`}${joined === 0 ? html`<p class="nothing"><strong>Nobody connected.</strong> ${figure(failed, "count")} of ${figure(summary.participants.planned, "count")} joins failed; see <a href="#failures">failures</a>.</p>` : ""}
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="waterfall"><caption>${caption}</caption>
<thead><tr><th scope="col">stage</th><th scope="col" class="lane">${axis(scaleMs)}</th><th scope="col">n</th>${statistics.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${stageRows(summary.metrics, scaleMs, prefix)}</tbody></table></div>`;
}

function stageRows(metrics: Summary["metrics"], scaleMs: number, prefix: string): Markup[] {
	let beforeMs = 0;
	return stages.flatMap((stage) => {
		const fromMs = beforeMs;
		const metric = metrics[`connect.${stage}`];
		beforeMs = metric?.p50 ?? beforeMs;
		const peers = peerStages.filter(
			(name) => name.startsWith(`${stage}.`) && metrics[`connect.${name}`],
		);
		return [stage, ...peers].map((name) =>
			stageRow(name, metrics[`connect.${name}`], fromMs, scaleMs, prefix),
		);
	});
}

function stageRow(
	name: string,
	metric: Metric | undefined,
	fromMs: number,
	scaleMs: number,
	prefix: string,
): Markup {
	const [stage = "", peer] = name.split(".");
	const head = html`<th scope="row" class="${peer ? "peer" : ""}">${peer ?? stage} <small>${peer ? "" : meanings[stage]}</small></th>`;
	if (!metric)
		return html`<tr>${head}<td class="lane unknown" colspan="${statistics.length + 2}">not measured</td></tr>`;
	const path = `${prefix}connect.${name}`;
	return html`<tr>${head}<td class="lane">${bar(metric, fromMs, scaleMs)}</td><td>${valueMarkup(`${path}.count`, metric.count, "count")}</td>${statistics.map(
		(statistic) =>
			html`<td>${valueMarkup(`${path}.${statistic}`, metric[statistic], metric.unit)}</td>`,
	)}</tr>`;
}

/** Hidden from screen readers: the row has the figures. */
function bar({ p50, p95, p99 }: Metric, beforeMs: number, scaleMs: number): Markup {
	const fromMs = Math.min(beforeMs, p50);
	const at = (ms: number) => `${((100 * ms) / (scaleMs || 1)).toFixed(2)}%`;
	const part = (name: string, from: number, to: number, y: number, height: number) =>
		html`<rect class="${name}" x="${at(from)}" width="${at(Math.max(0, to - from))}" y="${y}" height="${height}"/>`;
	return html`<svg class="bar" aria-hidden="true" width="100%" height="18">${part("p99", p95, p99, 8, 2)}${part("p95", p50, p95, 5, 8)}${part("median", fromMs, p50, 2, 14)}<rect class="at-median" x="${at(p50)}" width="2" y="2" height="14"/></svg>`;
}

function axis(scaleMs: number): Markup {
	const ticks = niceTicks(scaleMs, 4);
	return html`<svg class="axis" aria-hidden="true" width="100%" height="16">${ticks.map((tick) => {
		const share = scaleMs > 0 ? (100 * tick) / scaleMs : 0;
		const anchor = share < 5 ? "start" : share > 95 ? "end" : "middle";
		return html`<text x="${share.toFixed(2)}%" y="12" text-anchor="${anchor}">${figure(tick, "ms")}</text>`;
	})}</svg>`;
}
