import { html } from "hono/html";
import { clockTime, count, figure } from "../../sink/figure.js";
import type { FaultSummary } from "../../verdict/summary.js";
import type { Markup } from "./markup.js";
import { scrollTable } from "./scroll-table.js";
import { type Side, sideName } from "./side.js";

/** What was done to the system on purpose, whom it met, and how soon all was as before. */
export function faultTable(sides: readonly Side[]): Markup {
	return html`${sides.map(oneSide)}`;
}

function oneSide(side: Side): Markup {
	const faults = side.report.summary?.faults ?? [];
	const name = `Faults${side.letter && `, ${sideName(side)}`}`;
	if (faults.length === 0)
		return html`<p class="nothing">${side.letter} The run had no faults.</p>`;
	const head = [
		...[
			"fault",
			"when",
			"affected",
			"recovered",
			"failed",
			"recovery p50",
			"p95",
			"max",
			"longest gap",
		],
		"as before",
	];
	return html`${side.letter && html`<h3>${sideName(side)}</h3>`}${scrollTable(name, head, faults.map(row), "texts")}`;
}

function row(fault: FaultSummary): (string | Markup)[] {
	const { recoveryMs, audioGapMs } = fault;
	return [
		html`${fault.do} <small>${fault.means}</small>${fault.error === undefined ? "" : html` <span class="bad">could not be done:</span> ${fault.error}`}`,
		fault.untilMs > fault.atMs
			? `${clockTime(fault.atMs)} to ${clockTime(fault.untilMs)}`
			: clockTime(fault.atMs),
		count(fault.affected),
		count(fault.recovered),
		fault.failed > 0 ? html`<span class="bad">${count(fault.failed)}</span>` : "0",
		...[recoveryMs?.p50, recoveryMs?.p95, recoveryMs?.max, audioGapMs?.max].map((ms) =>
			figure(ms, "ms"),
		),
		level(fault),
	];
}

function level({ levelOk, levelText }: FaultSummary): Markup {
	if (levelOk === undefined) return html`<span class="unknown">${levelText ?? "not known"}</span>`;
	if (levelOk) return html`<span class="ok">✓ yes</span>`;
	return html`<span class="bad">✗ no</span> ${levelText}`;
}
