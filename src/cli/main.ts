#!/usr/bin/env node
import yargs from "yargs";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import type { Environment } from "./environment.js";
import { refuseRepeatedFlags } from "./repeated-flags.js";
import { runCommand } from "./run.js";
import { serverCommand } from "./server.js";
import { livesoakVersion } from "./version.js";

/** After this many signals nobody waits any longer. */
const patience = 3;

/** Where yargs' own words name nothing that the user typed. */
const plainerWords = {
	"Not enough arguments following: %s": "The flag --%s needs a value.",
	"Invalid values:": "Not a choice:",
	"Argument: %s, Given: %s, Choices: %s": "--%s is %s; choose one of %s",
};

const environment = realEnvironment();
process.exitCode = await main(environment);

async function main({ argv }: Environment): Promise<ExitCode> {
	let code: ExitCode = exitCodes.passed;
	const onExit = (exitCode: ExitCode) => {
		code = exitCode;
	};
	try {
		await yargs([...argv])
			.scriptName("livesoak")
			.usage("$0 <command>\n\nLoad and soak tests for LiveKit.")
			.command(runCommand(environment, onExit))
			.command(serverCommand(environment, onExit))
			.demandCommand(1, "Say what to do: run or server.")
			.strictCommands()
			.strict()
			.check(refuseRepeatedFlags, true)
			.version(livesoakVersion)
			.help()
			.epilogue("Exit codes: 0 passed, 1 error, 2 bad input, 3 invalid, 99 failed, 130 stopped.")
			.wrap(Math.min(100, environment.stdout.columns ?? 100))
			.updateStrings(plainerWords)
			.fail((message, error) => {
				throw isUsageError(error) ? usageError(message) : error;
			})
			.parseAsync();
		return code;
	} catch (error) {
		return explain(error);
	}
}

/** yargs tells of most mistakes by a message alone, of a flag without its value by an error of its own. */
function isUsageError(error: Error | undefined): boolean {
	return error === undefined || error.name === "YError";
}

function usageError(message: string): UserError {
	const isScenarioMissing = message.startsWith("Not enough non-option arguments");
	return isScenarioMissing
		? new UserError({
				message: "The scenario file is missing.",
				hint: "For example: livesoak run scenarios/smoke.yaml",
			})
		: new UserError({ message, hint: "livesoak --help shows what there is." });
}

/** One clear line and what would be right; a stack trace only for what is our own mistake. */
function explain(error: unknown): ExitCode {
	const { stderr, signal } = environment;
	if (error instanceof UserError) {
		stderr.write(`livesoak: ${error.message}\n`);
		if (error.hint !== undefined) stderr.write(`  ${error.hint}\n`);
		return error.exitCode;
	}
	if (signal.aborted) return exitCodes.aborted;
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	stderr.write(`livesoak: internal error: ${text}\n`);
	return exitCodes.error;
}

function realEnvironment(): Environment {
	const gentle = new AbortController();
	const now = new AbortController();
	let signals = 0;
	const onSignal = () => {
		signals++;
		if (signals === 1) {
			gentle.abort();
			process.stderr.write("\nStopping: everyone leaves, then the report. Again to end at once.\n");
		} else now.abort();
		if (signals >= patience) process.exit(exitCodes.aborted);
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	// Whoever reads our output may go away; that must not end a run.
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
	return {
		argv: process.argv.slice(2),
		env: process.env,
		stdout: process.stdout,
		stderr: process.stderr,
		stdoutIsTty: process.stdout.isTTY === true,
		stderrIsTty: process.stderr.isTTY === true,
		signal: gentle.signal,
		killSignal: now.signal,
	};
}
