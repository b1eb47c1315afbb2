import { html, raw } from "hono/html";
import { agentTable } from "./agent-table.js";
import { chartData } from "./chart-data.js";
import { contentPolicy } from "./content-policy.js";
import { candidatePairs, failures } from "./failures.js";
import { faultTable } from "./fault-table.js";
import { figureTable } from "./figure-table.js";
import { histogram } from "./histogram.js";
import { inlineJson } from "./inline-json.js";
import { keyFigureStrip } from "./key-figures.js";
import type { Markup } from "./markup.js";
import type { PageAssets } from "./page-assets.js";
import { runFacts } from "./run-facts.js";
import { type Side, sideName } from "./side.js";
import { thresholdTable } from "./threshold-table.js";
import { timeLines } from "./time-lines.js";
import { verdictHeader } from "./verdict-header.js";
import { waterfall } from "./waterfall.js";
import { worstLives } from "./worst-lives.js";

interface Section {
	readonly id: string;
	readonly title: string;
	readonly body: Markup | readonly Markup[];
}

/** The whole page, one file that needs nothing else. */
export function page(sides: readonly Side[], { script, style }: PageAssets): Markup {
	const sections: readonly Section[] = [
		{ id: "thresholds", title: "Thresholds", body: thresholdTable(sides) },
		{ id: "run", title: "What was run", body: runFacts(sides) },
		{ id: "connect", title: "Connecting", body: [waterfall(sides), histogram(sides)] },
		{ id: "time", title: "Over time", body: timeLines(sides) },
		...(sides.some(({ report }) => report.summary?.faults.length)
			? [{ id: "faults", title: "Faults", body: faultTable(sides) }]
			: []),
		...(sides.some(({ report }) => report.agents.length > 0)
			? [{ id: "agents", title: "Agents", body: agentTable(sides) }]
			: []),
		{ id: "failures", title: "Failures", body: failures(sides) },
		{ id: "worst", title: "Worst participants", body: worstLives(sides) },
		{ id: "pairs", title: "Candidate pairs", body: candidatePairs(sides) },
		{ id: "figures", title: "All figures", body: figureTable(sides) },
	];
	return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="generator" content="livesoak">
<title>${titleOf(sides)}</title><link rel="icon" href="data:,">
<style>${raw(style)}</style></head>
<body><a class="skip" href="#main">Skip to the figures</a>
<header><div class="sides">${sides.map(verdictHeader)}</div>${keyFigureStrip(sides)}</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main"><div class="${sides.length > 1 ? "" : "pair"}">${sections.slice(0, 2).map(sectionMarkup)}</div>${sections.slice(2).map(sectionMarkup)}</main>
<footer><p>livesoak report of ${sides.map(sideName).join(" and ")}. – means not measured, which is not zero.</p></footer>
<script type="application/json" id="chart-data">${raw(inlineJson(chartData(sides)))}</script>
<script>${raw(script)}</script></body></html>
`;
}

function sectionMarkup({ id, title, body }: Section): Markup {
	return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

function titleOf(sides: readonly Side[]): string {
	const each = sides.map(({ report }) => {
		const { summary, name } = report;
		return summary ? `${summary.verdict} ${summary.scenario}` : name;
	});
	return `${each.join(" against ")} · livesoak`;
}
