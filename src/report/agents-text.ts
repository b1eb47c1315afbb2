import type { ChalkInstance } from "chalk";
import { stripControlCharacters } from "../sink/control-characters.js";
import { count } from "../sink/figure.js";
import { section, table } from "../sink/text-blocks.js";
import { agentHead, agentRow, agentsText, hasStory } from "./agent-rows.js";
import type { Report } from "./report.js";

/** More fill a terminal and tell little; the page has all. */
const mostRows = 20;

/** The machines of a run over many, for a terminal; of very many those to which something happened. Else empty. */
export function agentsBlock({ agents }: Pick<Report, "agents">, chalk: ChalkInstance): string {
	const told = agents.filter(hasStory);
	const listed = agents.length > mostRows ? told.slice(0, mostRows) : agents;
	const rows = listed.map((agent) => agentRow(agent).map(stripControlCharacters));
	// What became of one is a sentence: below the table, not in it.
	const figures = rows.map((row) => row.slice(0, -1));
	const fates = rows
		.filter((_, i) => listed[i] && hasStory(listed[i]))
		.map((row) => `  ${chalk.yellow(`${row[0]}: ${row.at(-1)}`)}`);
	const hidden = told.length - listed.filter(hasStory).length;
	const head = agentsText({ agents });
	return [
		section("agents", head === undefined ? [] : [head], chalk),
		table(agentHead.slice(0, -1), figures, chalk),
		...fates,
		hidden > 0 ? chalk.dim(`  and ${count(hidden)} more in events.jsonl`) : "",
	]
		.filter((part) => part !== "")
		.join("\n");
}
