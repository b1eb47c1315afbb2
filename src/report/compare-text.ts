import { stripControlCharacters } from "../sink/control-characters.js";
import { figure, unknownFigure } from "../sink/figure.js";
import { headline } from "../sink/final-text.js";
import { section, table } from "../sink/text-blocks.js";
import { agentsText } from "./agent-rows.js";
import { type ComparedFigure, comparedFigures } from "./compared-figures.js";
import type { Report } from "./report.js";
import { missingBlock, type ReportTextOptions, withoutSummary } from "./report-text.js";
import { comparedSparklines, sparkColumns } from "./sparklines.js";

/** Two runs side by side for a terminal; differences are of A against B, as on the page. */
export function compareText(a: Report, b: Report, { chalk, columns }: ReportTextOptions): string {
	const heads = [
		["A", a],
		["B", b],
	] as const;
	const blocks = [
		heads
			.map(([letter, report]) => {
				const { summary, name } = report;
				const verdict = summary ? headline(summary, chalk) : chalk.red(withoutSummary(report));
				return `${letter} ${verdict}\n  ${chalk.dim(stripControlCharacters(name))}`;
			})
			.join("\n"),
		...heads.map(([letter, report]) => {
			const missing = report.missing.map((line) => `${letter}: ${line}`);
			return missingBlock({ missing }, chalk);
		}),
		section("not the same", differences(a, b), chalk),
		figures(a, b, chalk),
		section(
			"over time",
			comparedSparklines(
				heads.map(([name, report]) => ({ name, report })),
				sparkColumns(columns) - 2,
				chalk,
			),
			chalk,
		),
	];
	return blocks.filter((block) => block !== "").join("\n\n");
}

function figures(a: Report, b: Report, chalk: ReportTextOptions["chalk"]): string {
	if (!a.summary || !b.summary) return "";
	const rows = comparedFigures(a.summary, b.summary).map((one) => [
		one.name,
		shown(one.a, one.unit),
		shown(one.b, one.unit),
		differenceText(one),
		one.ratio === undefined ? unknownFigure : `× ${one.ratio.toFixed(2)}`,
	]);
	return table(["figure", "A", "B", "A − B", "A / B"], rows, chalk);
}

/** What makes two runs hard to compare: another scenario, seed, server, engine, length or machine. */
function differences(a: Report, b: Report): string[] {
	const facts = (report: Report): readonly (readonly [string, string | undefined])[] => {
		const { run, summary } = report;
		const engines = summary && Object.entries(summary.engines).map((pair) => pair.join(" "));
		return [
			["scenario", summary?.scenario],
			["seed", summary && String(summary.seed)],
			["participants", run && String(run.participants)],
			["planned", run && figure(run.plannedMs, "ms")],
			["server", summary && `LiveKit ${summary.server.version ?? "of unknown version"}`],
			["engine", engines?.join(", ")],
			["livesoak", run?.livesoakVersion],
			["machine", run?.machine],
			["agents", agentsText(report) ?? (run && "none, one machine")],
		];
	};
	const other = new Map(facts(b));
	return facts(a).flatMap(([what, ofA]) => {
		const ofB = other.get(what);
		if (ofA === ofB) return [];
		const text = `${what.padEnd(13)} A ${ofA ?? "unknown"}   B ${ofB ?? "unknown"}`;
		return [stripControlCharacters(text)];
	});
}

function differenceText({ difference, unit }: ComparedFigure): string {
	if (difference === undefined) return unknownFigure;
	return `${difference > 0 ? "+" : ""}${shown(difference, unit)}`;
}

function shown(value: number | undefined, unit: string): string {
	if (value !== undefined && unit === "bytes") return `${Math.round(value / 1e6)} MB`;
	if (value !== undefined && unit === "s") return `${value.toFixed(1)}s`;
	return figure(value, unit);
}
