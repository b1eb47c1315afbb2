import { shellWord } from "../error/shell-word.js";
import type { RunFile } from "./read-run.js";

/**
 * What to type to run it again. Folders of before `command` was kept name what made the difference most often: flags
 * that changed the scenario are not among it.
 */
export function runCommand(
	run: Pick<RunFile, "command" | "scenarioFile" | "seed" | "serverUrl" | "serverEmbedded">,
): string {
	if (run.command !== undefined) return run.command;
	const url = run.serverEmbedded ? [] : ["--url", `ws://${run.serverUrl}`];
	return ["livesoak", "run", run.scenarioFile, "--seed", String(run.seed), ...url]
		.map(shellWord)
		.join(" ");
}
