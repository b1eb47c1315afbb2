import type { ChalkInstance } from "chalk";
import { wrap } from "../doctor/output/wrap.js";
import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { figure } from "./figure.js";

/** A line a trend, what drifts first; none where the run was too short for any. */
export function trendTexts({ trends = [] }: Summary): { text: string; drifts: boolean }[] {
	return trends
		.toSorted((a, b) => Number(b.drifts) - Number(a.drifts))
		.map(({ text, drifts }) => ({ text: stripControlCharacters(text), drifts }));
}

const columns = 80;

/** The same for a screen of 80 columns, further lines of a trend indented. */
export function trendLines(summary: Summary, chalk: ChalkInstance): string[] {
	return trendTexts(summary).flatMap(({ text, drifts }) => {
		const [head = "", ...more] = wrap(drifts ? `! ${text}` : text, columns - 4);
		return [drifts ? chalk.yellow(head) : head, ...more.map((line) => `  ${line}`)];
	});
}

/** `was killed at 5.0min and went on 12.0s later`; undefined for a run in one piece. */
export function resumedText({ resumed = [] }: Summary): string | undefined {
	if (resumed.length === 0) return undefined;
	const times = resumed.map(
		({ atMs, gapMs }) => `at ${figure(atMs, "ms")} and went on ${figure(gapMs, "ms")} later`,
	);
	return `was killed ${times.join(", ")}`;
}
