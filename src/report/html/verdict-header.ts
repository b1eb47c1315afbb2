import { html } from "hono/html";
import { stripControlCharacters } from "../../sink/control-characters.js";
import { clockTime } from "../../sink/figure.js";
import { invalidityTexts } from "../../sink/summary-rows.js";
import { failingThresholds, observedText, verdictLine } from "../../sink/verdict-line.js";
import type { Summary } from "../../verdict/summary.js";
import type { Markup } from "./markup.js";
import { ranMs, type Side } from "./side.js";

/** What is to be seen first: the verdict, why, and what the reader must not trust. */
export function verdictHeader({ letter, report }: Side): Markup {
	const { summary, run, name } = report;
	const title = summary?.scenario ?? name;
	const heading = html`${letter === "" ? "" : html`<span class="letter">${letter}</span> `}<span class="badge">${
		summary?.verdict ?? "unknown"
	}</span> ${title}`;
	return html`<div class="verdict verdict-${summary?.verdict ?? "unknown"}">
<h1>${heading}</h1>
<p class="because">${summary ? because(summary) : "Neither a summary nor a timeline says how this run went."}</p>
${summary && failing(summary)}
${summary && untrusted(summary)}
${missing(report.missing)}
<p class="byline">${[
		started(summary?.startedAt ?? run?.startedAt),
		`ran ${clockTime(summary || report.series.elapsedMs.length > 0 ? ranMs(report) : 0)}`,
		summary?.server.version && `LiveKit ${summary.server.version}`,
		summary && `exit code ${summary.exitCode}`,
		name,
	]
		.filter((part) => part)
		.map((part) => html`<span>${part}</span> `)}</p>
</div>`;
}

function started(at: string | undefined): string | undefined {
	return at?.replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** The verdict's sentence; failing thresholds are a list of their own. */
function because(summary: Summary): string {
	const failed = failingThresholds(summary).length;
	if (summary.verdict === "failed")
		return `${failed} of ${summary.thresholds.length} thresholds failed.`;
	const head = stripControlCharacters(
		`${summary.verdict.toUpperCase()} ${summary.scenario}:`,
	).length;
	const sentence = verdictLine(summary)
		.slice(head)
		.replace(/ \(exit code \d+\)$/, "")
		.trim();
	return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function failing(summary: Summary): Markup | undefined {
	const thresholds = failingThresholds(summary);
	if (thresholds.length === 0) return undefined;
	return html`<ul class="failing">${thresholds.map(
		(one) => html`<li><code>${one.metric} ${one.expression}</code> ${observedText(one)}</li>`,
	)}</ul>`;
}

function untrusted(summary: Summary): Markup | undefined {
	if (summary.invalidities.length === 0) return undefined;
	return html`<div class="notice"><h2>The measurement cannot be trusted</h2><ul>${invalidityTexts(
		summary,
	).map((text) => html`<li>${text}</li>`)}</ul></div>`;
}

function missing(sentences: readonly string[]): Markup | undefined {
	if (sentences.length === 0) return undefined;
	return html`<div class="notice missing"><h2>What is missing from this report</h2><ul>${sentences.map(
		(sentence) => html`<li>${sentence}</li>`,
	)}</ul></div>`;
}
