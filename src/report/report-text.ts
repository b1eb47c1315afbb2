import type { ChalkInstance } from "chalk";
import { stripControlCharacters } from "../sink/control-characters.js";
import { clockTime, figure } from "../sink/figure.js";
import { causeBlocks, figureBlocks, headline } from "../sink/final-text.js";
import { section } from "../sink/text-blocks.js";
import { agentsBlock } from "./agents-text.js";
import type { Report, ReportedLife, ReportedRun } from "./report.js";
import { sparkColumns, sparklines } from "./sparklines.js";

export interface ReportTextOptions {
	readonly chalk: ChalkInstance;
	/** Width of the terminal. */
	readonly columns: number;
}

/** Events of one life shown in a terminal; the page has all. */
const mostEvents = 4;

/**
 * A report for a terminal, what decides first. Free of control characters of others. Fits its columns except where a
 * server's own words are longer.
 */
export function reportText(report: Report, { chalk, columns }: ReportTextOptions): string {
	const { summary, run } = report;
	const blocks = [
		summary ? headline(summary, chalk) : chalk.red.bold(withoutSummary(report)),
		missingBlock(report, chalk),
		section("run", runLines(report), chalk),
		agentsBlock(report, chalk),
		...(summary ? figureBlocks(summary, chalk) : []),
		section("over time", sparklines(report, sparkColumns(columns), chalk), chalk),
		...(summary ? causeBlocks(summary, chalk) : []),
		section("worst participants", report.worst.flatMap(lifeLines), chalk),
		run ? section("to run it again", [stripControlCharacters(run.command)], chalk) : "",
	];
	return blocks.filter((block) => block !== "").join("\n\n");
}

/** What the reader must know before believing a figure. */
export function missingBlock({ missing }: Pick<Report, "missing">, chalk: ChalkInstance): string {
	const lines = missing.map((line) => chalk.yellow(stripControlCharacters(line)));
	return section("incomplete", lines, chalk);
}

/** `NO SUMMARY 2026…-smoke-59015b: nothing was measured`. */
export function withoutSummary({ name }: Pick<Report, "name">): string {
	return stripControlCharacters(`NO SUMMARY ${name}: nothing was measured`);
}

function runLines({ name, run, summary }: Report): string[] {
	const engines = Object.entries(summary?.engines ?? {}).map(
		([engine, version]) => `${engine} ${version}`,
	);
	const rows: readonly (readonly [string, string | undefined])[] = [
		["folder", name],
		["scenario", run && scenarioText(run)],
		["started", run?.startedAt ?? summary?.startedAt],
		["ran", summary && `${figure(summary.durationMs, "ms")}${plannedText(run)}`],
		["engine", engines.join(", ")],
		["livesoak", run && `${run.livesoakVersion} on ${run.machine}`],
	];
	return rows
		.filter(([, text]) => text !== undefined && text !== "")
		.map(([what, text = ""]) => `${what.padEnd(11)} ${stripControlCharacters(text)}`);
}

function scenarioText({ scenarioFile, participants }: ReportedRun): string {
	return `${scenarioFile}, ${participants} participants at most at once`;
}

function plannedText(run: ReportedRun | undefined): string {
	return run ? ` of ${figure(run.plannedMs, "ms")} planned` : "";
}

function lifeLines({ seat, life, why, events }: ReportedLife): string[] {
	// One line says it all where only the join happened.
	const shown = events.length > 1 ? events : [];
	const head = `${seat}.${life}`.padEnd(8);
	const more = shown.length - mostEvents;
	return [
		`${head} ${stripControlCharacters(why)}`,
		...shown
			.slice(0, mostEvents)
			.map(
				({ atMs, text }) => `${"".padEnd(8)} ${clockTime(atMs)} ${stripControlCharacters(text)}`,
			),
		...(more > 0 ? [`${"".padEnd(8)} and ${more} more events`] : []),
	];
}
