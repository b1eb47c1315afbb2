import { html } from "hono/html";
import type { Summary } from "../../verdict/summary.js";
import { difference } from "./difference.js";
import type { Markup } from "./markup.js";
import type { Side } from "./side.js";
import { valueMarkup } from "./value-markup.js";

interface KeyFigure {
	readonly label: string;
	/** Path in summary.json, without `metrics`. */
	readonly name: string;
	readonly unit: string;
	readonly of: (summary: Summary) => number | undefined;
	/** Any at all is bad news. */
	readonly alarming?: boolean;
}

const keyFigures: readonly KeyFigure[] = [
	{
		label: "planned",
		name: "participants.planned",
		unit: "count",
		of: (s) => s.participants.planned,
	},
	{ label: "joined", name: "participants.joined", unit: "count", of: (s) => s.participants.joined },
	alarm("failed", "participants.failed", (s) => s.participants.failed),
	alarm("lost", "participants.lost", (s) => s.participants.lost),
	metric("connect p95", "connect.media", "p95", "ms"),
	metric("packet loss", "rtp.loss", "mean", "ratio"),
	metric("jitter p99", "rtp.jitter", "p99", "ms"),
	metric("RTT p95", "rtp.rtt", "p95", "ms"),
	metric("MOS mean", "audio.mos", "mean", "mos"),
	metric("silence", "audio.silence", "mean", "ratio"),
	metric("tester lag p99", "tester.lag", "p99", "ms"),
];

function alarm(label: string, name: string, of: KeyFigure["of"]): KeyFigure {
	return { label, name, unit: "count", of, alarming: true };
}

function metric(
	label: string,
	name: string,
	statistic: "mean" | "p95" | "p99",
	unit: string,
): KeyFigure {
	return { label, name: `${name}.${statistic}`, unit, of: (s) => s.metrics[name]?.[statistic] };
}

/** The few figures that everyone asks for; beside them, where there are two runs, the other's. */
export function keyFigureStrip(sides: readonly Side[]): Markup {
	const [summary, base] = sides.map(({ report }) => report.summary);
	if (!summary) return html``;
	return html`<dl class="tiles">${keyFigures.map((one) => {
		const value = one.of(summary);
		const alarming = one.alarming && value ? "alarming" : "";
		return html`<div class="${alarming}"><dt>${one.label}</dt><dd>${valueMarkup(one.name, value, one.unit)}</dd>${
			base &&
			html`<dd class="base">B ${valueMarkup(`B.${one.name}`, one.of(base), one.unit)}<br>${difference(value, one.of(base), one.unit)}</dd>`
		}</div>`;
	})}</dl>`;
}
