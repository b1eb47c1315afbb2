import { html } from "hono/html";
import { clockTime, count, figure } from "../../sink/figure.js";
import type { ReportedLife } from "../report.js";
import type { Markup } from "./markup.js";
import { ranMs, type Side, sideName } from "./side.js";

const mostEvents = 50;
/** How the reader of results words the bad end of a life. */
const endings = /^(failed|lost)\b/;

/** The participants that fared worst, each with its life as a line along the run. */
export function worstLives(sides: readonly Side[]): Markup {
	return html`<div class="sides stacked">${sides.map((side) => html`<div>${oneSide(side)}</div>`)}</div>`;
}

function oneSide(side: Side): Markup {
	const { worst } = side.report;
	if (worst.length === 0)
		return html`<p class="nothing">${side.letter} Nothing set one participant apart from the others.</p>`;
	const wholeMs = ranMs(side.report);
	const name = `Worst participants${side.letter && `, ${sideName(side)}`}`;
	return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table class="lives texts"><caption>${name}</caption>
<thead><tr><th scope="col">seat</th><th scope="col">life</th><th scope="col">why</th><th scope="col">connect</th><th scope="col" class="lane"><span class="lane-ends"><span>${clockTime(0)}</span><span>its life in the run</span><span>${clockTime(wholeMs)}</span></span></th></tr></thead>
<tbody>${worst.map((life) => row(life, wholeMs))}</tbody></table></div>`;
}

function row(life: ReportedLife, wholeMs: number): Markup {
	const more = life.events.length - mostEvents;
	return html`<tr><th scope="row">${count(life.seat)}</th><td>${count(life.life)}</td><td>${life.why}</td><td>${figure(life.connectMs, "ms")}</td>
<td class="lane">${lane(life, wholeMs)}<details><summary>${eventCount(life.events.length)}</summary><ol>${life.events
		.slice(0, mostEvents)
		.map(({ atMs, text }) => html`<li><time>${clockTime(atMs)}</time> ${text}</li>`)}</ol>${
		more > 0 ? html`<p>${count(more)} more are in events.jsonl.</p>` : ""
	}</details></td></tr>`;
}

function eventCount(n: number): string {
	return n === 1 ? "1 event" : `${count(n)} events`;
}

/** Hidden from screen readers: the list has the events. */
function lane({ events }: ReportedLife, wholeMs: number): Markup {
	const at = (ms: number) => `${Math.min(99.5, Math.max(0.5, (100 * ms) / wholeMs)).toFixed(2)}%`;
	const [first, last] = [events[0], events.at(-1)];
	if (!first || !last) return html``;
	return html`<svg class="life" aria-hidden="true" width="100%" height="16"><line class="grid" x1="0" x2="100%" y1="8" y2="8"/><line class="lived" x1="${at(first.atMs)}" x2="${at(last.atMs)}" y1="8" y2="8"/>${events.map(
		({ atMs, text }) =>
			html`<circle class="${endings.test(text) ? "ended" : ""}" cx="${at(atMs)}" cy="8" r="4"><title>${clockTime(atMs)} ${text}</title></circle>`,
	)}</svg>`;
}
