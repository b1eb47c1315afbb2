import { PassThrough } from "node:stream";
import { expect } from "vitest";
import yargs from "yargs";
import { agentCommand } from "../../src/cli/agent.js";
import type { Environment } from "../../src/cli/environment.js";
import { refuseRepeatedFlags } from "../../src/cli/repeated-flags.js";
import { runCommand } from "../../src/cli/run.js";

/**
 * A command line of `livesoak run` or `livesoak agent`, as livesoak's own parser reads it; nothing is done.
 * @returns the flags; rejects where one is unknown or lacks its value
 */
export async function readFlags(args: readonly string[], env: NodeJS.ProcessEnv) {
	const environment: Environment = {
		...{ argv: args, env, stdout: new PassThrough(), stderr: new PassThrough() },
		...{ stdoutIsTty: false, stderrIsTty: false },
		...{ signal: new AbortController().signal, killSignal: new AbortController().signal },
	};
	let chosen = 0;
	const choose = () => void chosen++;
	const flags = await yargs([...args])
		.command(runCommand(environment, undefined, choose))
		.command(agentCommand(environment, choose))
		.strictCommands()
		.strict()
		.check(refuseRepeatedFlags, true)
		.exitProcess(false)
		.fail((message, error) => {
			throw error ?? new Error(message);
		})
		.parseAsync();
	expect(chosen).toBe(1);
	return flags;
}
