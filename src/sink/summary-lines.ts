import type { ChalkInstance } from "chalk";
import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { count, figure } from "./figure.js";
import { dataText, packetsText, participantsText, testerText } from "./summary-rows.js";
import { resumedText } from "./trend-lines.js";
import { observedText } from "./verdict-line.js";

/** One line a threshold, failing ones first. */
export function thresholdLines(summary: Summary, chalk: ChalkInstance): string[] {
	const failingFirst = [...summary.thresholds].sort((a, b) => Number(a.ok) - Number(b.ok));
	return failingFirst.map((one) => {
		const mark = one.ok ? chalk.green("✓") : one.advisory ? chalk.yellow("✗") : chalk.red("✗");
		const name = stripControlCharacters(`${one.metric} ${one.expression}`).padEnd(36);
		const observed =
			one.observed === undefined ? observedText(one) : figure(one.observed, one.unit);
		return `${mark} ${name} ${stripControlCharacters(observed)}${one.advisory ? " (advisory)" : ""}`;
	});
}

/** Who joined, what was sent, on which server, by what tester: a line each. */
export function facts(summary: Summary, chalk: ChalkInstance): string {
	const { server } = summary;
	const data = dataText(summary);
	const resumed = resumedText(summary);
	const rows = [
		["participants", participantsText(summary)],
		["packets", packetsText(summary)],
		...(data === undefined ? [] : [["data", data]]),
		["reconnects", reconnectsText(summary)],
		["server", `${server.version ?? "unknown version"} at ${server.url}`],
		["tester", testerText(summary)],
		...(resumed === undefined ? [] : [["resumed", resumed]]),
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

/** What failed and what was lost, with their numbers. */
export function failureRows(summary: Summary): (readonly [string, number])[] {
	return [
		...summary.failures.map((one) => [`failed at ${one.stage}: ${one.cause}`, one.count] as const),
		...summary.lostCauses.map((one) => [`lost: ${one.cause}`, one.count] as const),
	];
}

/** A number and what it counts. */
export function countLines(rows: readonly (readonly [string, number])[]): string[] {
	return rows.map(([text, n]) => `${count(n).padStart(7)}  ${stripControlCharacters(text)}`);
}
