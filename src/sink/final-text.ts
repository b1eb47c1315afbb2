import type { ChalkInstance } from "chalk";
import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { countLines, facts, failureRows, thresholdLines } from "./summary-lines.js";
import {
	invalidityTexts,
	metricHead,
	metricRows,
	pairText,
	stageHead,
	stageRows,
} from "./summary-rows.js";
import { section, table } from "./text-blocks.js";
import { trendLines } from "./trend-lines.js";
import { verdictLine } from "./verdict-line.js";

export interface FinalTextOptions {
	readonly chalk: ChalkInstance;
	/** Where the files are; absent when none were written. */
	readonly resultFolder?: string;
}

/**
 * The report that ends a run, verdict first: what decides comes before what explains. Every line is free
 * of control characters of others. Fits 80 columns except where a server's own words are longer.
 */
export function finalText(summary: Summary, { chalk, resultFolder }: FinalTextOptions): string {
	const parts = [
		headline(summary, chalk),
		...figureBlocks(summary, chalk),
		...causeBlocks(summary, chalk),
		resultFolder ? `results in ${stripControlCharacters(resultFolder)}` : "",
		`exit code ${summary.exitCode}`,
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** The verdict in its colour. */
export function headline(summary: Summary, chalk: ChalkInstance): string {
	const colour = summary.verdict === "passed" ? chalk.green : chalk.red;
	return colour.bold(verdictLine(summary));
}

/** The figures that decide, block by block; those without content are empty. */
export function figureBlocks(summary: Summary, chalk: ChalkInstance): string[] {
	return [
		section("thresholds", thresholdLines(summary, chalk), chalk),
		section(
			"tester could not keep up",
			invalidityTexts(summary).map(stripControlCharacters),
			chalk,
		),
		section("trends", trendLines(summary, chalk), chalk),
		table(stageHead, stageRows(summary), chalk),
		table(metricHead, metricRows(summary), chalk),
	];
}

/** What lies behind the figures. */
export function causeBlocks(summary: Summary, chalk: ChalkInstance): string[] {
	return [
		facts(summary, chalk),
		section("failures", countLines(failureRows(summary)), chalk),
		section(
			"selected candidate pairs",
			countLines(summary.candidatePairs.map((pair) => [pairText(pair), pair.count])),
			chalk,
		),
	];
}
