import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
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
import { observedText, verdictLine } from "./verdict-line.js";

export interface FinalTextOptions {
	readonly chalk: ChalkInstance;
	/** Where the files are; absent when none were written. */
	readonly resultFolder?: string;
}

/** Tables without frames: they survive copy and paste. */
const bare = {
	...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
	...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
	...{ left: "", "left-mid": "", right: "", "right-mid": "" },
	...{ mid: "", "mid-mid": "", middle: " " },
};

/**
 * The report that ends a run, verdict first: what decides comes before what explains. Every line is free
 * of control characters of others. Fits 80 columns except where a server's own words are longer.
 */
export function finalText(summary: Summary, { chalk, resultFolder }: FinalTextOptions): string {
	const colour = summary.verdict === "passed" ? chalk.green : chalk.red;
	const parts = [
		colour.bold(verdictLine(summary)),
		section("thresholds", thresholdLines(summary, chalk), chalk),
		section(
			"tester could not keep up",
			invalidityTexts(summary).map(stripControlCharacters),
			chalk,
		),
		table(stageHead, stageRows(summary), chalk),
		table(metricHead, metricRows(summary), chalk),
		facts(summary, chalk),
		section("failures", countLines(failureRows(summary)), chalk),
		section(
			"selected candidate pairs",
			countLines(summary.candidatePairs.map((pair) => [pairText(pair), pair.count])),
			chalk,
		),
		resultFolder ? `results in ${stripControlCharacters(resultFolder)}` : "",
		`exit code ${summary.exitCode}`,
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

function thresholdLines(summary: Summary, chalk: ChalkInstance): string[] {
	const failingFirst = [...summary.thresholds].sort((a, b) => Number(a.ok) - Number(b.ok));
	return failingFirst.map((one) => {
		const mark = one.ok ? chalk.green("✓") : one.advisory ? chalk.yellow("✗") : chalk.red("✗");
		const name = stripControlCharacters(`${one.metric} ${one.expression}`).padEnd(36);
		const observed =
			one.observed === undefined ? observedText(one) : figure(one.observed, one.unit);
		return `${mark} ${name} ${stripControlCharacters(observed)}${one.advisory ? " (advisory)" : ""}`;
	});
}

function facts(summary: Summary, chalk: ChalkInstance): string {
	const { server } = summary;
	const data = dataText(summary);
	const rows = [
		["participants", participantsText(summary)],
		["packets", packetsText(summary)],
		...(data === undefined ? [] : [["data", data]]),
		["reconnects", reconnectsText(summary)],
		["server", `${server.version ?? "unknown version"} at ${server.url}`],
		["tester", testerText(summary)],
		...(summary.unknown.length > 0
			? [["not visible", `${summary.unknown.join(", ")} (no engine of this run can see them)`]]
			: []),
	] as const;
	return rows
		.map(([name, text]) => `${chalk.dim(name.padEnd(13))} ${stripControlCharacters(text)}`)
		.join("\n");
}

function reconnectsText({ reconnects }: Summary): string {
	if (reconnects.length === 0) return "none";
	return reconnects.map((one) => `${count(one.count)} ${one.cause}`).join(", ");
}

function failureRows(summary: Summary): (readonly [string, number])[] {
	return [
		...summary.failures.map((one) => [`failed at ${one.stage}: ${one.cause}`, one.count] as const),
		...summary.lostCauses.map((one) => [`lost: ${one.cause}`, one.count] as const),
	];
}

function countLines(rows: readonly (readonly [string, number])[]): string[] {
	return rows.map(([text, n]) => `${count(n).padStart(7)}  ${stripControlCharacters(text)}`);
}

function section(head: string, lines: readonly string[], chalk: ChalkInstance): string {
	if (lines.length === 0) return "";
	return [chalk.dim(head), ...lines.map((line) => `  ${line}`)].join("\n");
}

function table(head: readonly string[], rows: readonly string[][], chalk: ChalkInstance): string {
	if (rows.length === 0) return "";
	const drawn = new Table({
		chars: bare,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
		colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
		head: head.map((name) => chalk.dim(name)),
	});
	drawn.push(...rows);
	// The library pads the last column too.
	return drawn.toString().replace(/ +$/gm, "");
}
