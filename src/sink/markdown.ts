import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { count, figure } from "./figure.js";
import {
	dataText,
	invalidityTexts,
	metricHead,
	metricRows,
	packetsText,
	pairText,
	participantsText,
	stageHead,
	stageRows,
	testerText,
} from "./summary-rows.js";
import { resumedText, trendTexts } from "./trend-lines.js";
import { observedText, verdictLine } from "./verdict-line.js";

/** summary.md: the result for people, for example as a comment on a pull request (GitHub's Markdown). */
export function summaryMarkdown(summary: Summary): string {
	const parts = [
		`# ${mark(summary.verdict === "passed")} ${escapeMarkdown(verdictLine(summary))}`,
		identity(summary),
		invalidities(summary),
		table("Thresholds", ["", "threshold", "observed"], summary.thresholds.map(thresholdRow)),
		table("Connect stages, since the scheduled start", stageHead, stageRows(summary)),
		table("Figures", metricHead, metricRows(summary)),
		table(
			"Trends",
			["", "over the steady part"],
			trendTexts(summary).map(({ text, drifts }) => [drifts ? "⚠️" : "", text]),
		),
		table("Failures", ["what", "stage", "cause", "count"], failureRows(summary)),
		table(
			"Selected candidate pairs",
			["pair", "count"],
			summary.candidatePairs.map((pair) => [pairText(pair), count(pair.count)]),
		),
		`Tester: ${escapeMarkdown(testerText(summary))}`,
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/**
 * Text from outside as inert Markdown: no HTML, no table cell broken by a pipe, no link, image,
 * mention or emphasis.
 */
export function escapeMarkdown(text: string): string {
	return stripControlCharacters(text)
		.replace(/&/g, "&amp;")
		.replace(/</g, "&lt;")
		.replace(/>/g, "&gt;")
		.replace(/@/g, "&#64;")
		.replace(/[\\`*_[\]|~]/g, "\\$&");
}

function identity(summary: Summary): string {
	const data = dataText(summary);
	const resumed = resumedText(summary);
	const engines = Object.entries(summary.engines).map(([name, version]) => `${name} ${version}`);
	return [
		`- scenario ${summary.scenario}, seed ${summary.seed}, engine ${engines.join(", ")}`,
		`- server LiveKit ${summary.server.version ?? "of unknown version"} at ${summary.server.url}`,
		`- started ${summary.startedAt}, ran ${figure(summary.durationMs, "ms")}`,
		`- participants: ${participantsText(summary)}`,
		`- packets: ${packetsText(summary)}`,
		...(data === undefined ? [] : [`- data messages: ${data}`]),
		...(resumed === undefined ? [] : [`- ${resumed}`]),
	]
		.map((line) => `- ${escapeMarkdown(line.slice(2))}`)
		.join("\n");
}

function invalidities(summary: Summary): string {
	if (summary.invalidities.length === 0) return "";
	const lines = invalidityTexts(summary).map((text) => `> - ${escapeMarkdown(text)}`);
	return ["> **The measurement cannot be trusted:**", ...lines].join("\n");
}

function thresholdRow(one: Summary["thresholds"][number]): string[] {
	const name = `${one.metric} ${one.expression}${one.advisory ? " (advisory)" : ""}`;
	const observed = one.observed === undefined ? observedText(one) : figure(one.observed, one.unit);
	return [mark(one.ok), name, observed];
}

function failureRows(summary: Summary): string[][] {
	return [
		...summary.failures.map((one) => ["failed", one.stage, one.cause, count(one.count)]),
		...summary.lostCauses.map((one) => ["lost", "", one.cause, count(one.count)]),
	];
}

function mark(ok: boolean): string {
	return ok ? "✅" : "❌";
}

function table(title: string, head: readonly string[], rows: readonly string[][]): string {
	if (rows.length === 0) return "";
	const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
	return [
		`## ${title}`,
		"",
		line(head),
		`|${head.map(() => " --- |").join("")}`,
		...rows.map(line),
	].join("\n");
}
