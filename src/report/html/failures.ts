import { html } from "hono/html";
import { count, figure } from "../../sink/figure.js";
import type { Summary } from "../../verdict/summary.js";
import type { Markup } from "./markup.js";
import { scrollTable } from "./scroll-table.js";
import { type Side, sideName } from "./side.js";
import { valueMarkup } from "./value-markup.js";

/** Joins that failed, participants that were lost, connections that broke: how often, where and why. */
export function failures(sides: readonly Side[]): Markup {
	return html`<div class="sides">${sides.map((side) => html`<div>${oneSide(side)}</div>`)}</div>`;
}

interface FailureRow {
	readonly what: string;
	readonly stage: string;
	readonly cause: string;
	readonly count: number;
}

function oneSide(side: Side): Markup {
	const { summary } = side.report;
	const name = `Failures by stage and cause${side.letter && `, ${sideName(side)}`}`;
	if (!summary) return html`<p class="nothing">${side.letter} Nothing is known of failures.</p>`;
	const rows = failureRows(summary);
	if (rows.length === 0)
		return html`<p class="nothing">${side.letter} No join failed, nobody was lost, no connection broke.</p>`;
	const most = Math.max(...rows.map((row) => row.count));
	const prefix = side.letter === "B" ? "B." : "";
	return scrollTable(
		name,
		[
			"what",
			"stage",
			"cause",
			"count",
			html`share of planned`,
			html`<span class="hidden">bar</span>`,
		],
		rows.map((row) => [
			row.what,
			row.stage,
			html`<code>${row.cause}</code>`,
			valueMarkup(`${prefix}${row.what}.${row.stage}.${row.cause}`, row.count, "count"),
			summary.participants.planned > 0
				? figure(row.count / summary.participants.planned, "ratio")
				: "–",
			html`<svg class="share" aria-hidden="true" width="100%" height="10"><rect width="${((100 * row.count) / most).toFixed(1)}%" height="10"/></svg>`,
		]),
		"failures texts",
	);
}

function failureRows(summary: Summary): FailureRow[] {
	const byCount = (a: FailureRow, b: FailureRow) => b.count - a.count;
	return [
		...summary.failures.map((one) => ({ what: "failed", ...one })).sort(byCount),
		...summary.lostCauses.map((one) => ({ what: "lost", stage: "–", ...one })).sort(byCount),
		...summary.reconnects.map((one) => ({ what: "reconnected", stage: "–", ...one })).sort(byCount),
	];
}

/** Which way the media went, and how often. */
export function candidatePairs(sides: readonly Side[]): Markup {
	return html`<div class="sides">${sides.map((side) => html`<div>${onePairs(side)}</div>`)}</div>`;
}

function onePairs(side: Side): Markup {
	const pairs = side.report.summary?.candidatePairs ?? [];
	const name = `Selected candidate pairs${side.letter && `, ${sideName(side)}`}`;
	if (pairs.length === 0)
		return html`<p class="nothing">${side.letter} No candidate pair was selected, or no engine told.</p>`;
	const total = pairs.reduce((sum, pair) => sum + pair.count, 0);
	return scrollTable(
		name,
		["connection", "local", "relay over", "remote", "protocol", "count", "share"],
		[...pairs]
			.sort((a, b) => b.count - a.count)
			.map((pair) => [
				pair.peer,
				pair.local,
				pair.relayProtocol ?? "–",
				pair.remote,
				pair.protocol,
				count(pair.count),
				figure(pair.count / total, "ratio"),
			]),
		"texts",
	);
}
