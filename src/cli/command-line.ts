import yargs from "yargs";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import type { WorkerHandle } from "../pool/worker-handle.js";
import { agentCommand } from "./agent.js";
import { capacityCommand } from "./capacity.js";
import { doctorCommand } from "./doctor.js";
import type { Environment } from "./environment.js";
import { gateCommand } from "./gate.js";
import type { Job } from "./job.js";
import { refuseRepeatedFlags } from "./repeated-flags.js";
import { compareCommand, reportCommand } from "./report.js";
import { runCommand } from "./run.js";
import { serverCommand } from "./server.js";
import { sourceStack } from "./source-stack.js";
import { refuseSwitchValues } from "./switch-flags.js";
import { commands, isUsageError, usageError } from "./usage-error.js";
import { livesoakVersion } from "./version.js";

/** Where yargs' own words name nothing that the user typed. */
const plainerWords = {
	"Not enough arguments following: %s": "The flag --%s needs a value.",
	"Invalid values:": "Not a choice:",
	"Argument: %s, Given: %s, Choices: %s": "--%s is %s; choose one of %s",
};

/**
 * What the user chose to do. It is thrown out of yargs, which would render the whole help of a command as soon as
 * its handler returns: 30 ms for a text that nobody asked for, and that the first join would wait for.
 */
class Chosen extends Error {
	constructor(readonly job: Job) {
		super("chosen");
	}
}

function choose(job: Job): never {
	throw new Chosen(job);
}

/**
 * Does what the command line says.
 * @param spare a worker process that was started ahead; whoever does not take it leaves it to the caller
 */
export async function commandLine(
	environment: Environment,
	spare: WorkerHandle | undefined,
): Promise<ExitCode> {
	try {
		const job = await chosenJob(environment, spare);
		return (await job?.()) ?? exitCodes.passed;
	} catch (error) {
		return explain(environment, error);
	}
}

/** Undefined where yargs did all there was to do: help, version. */
async function chosenJob(
	environment: Environment,
	spare: WorkerHandle | undefined,
): Promise<Job | undefined> {
	try {
		refuseSwitchValues(environment.argv);
		await yargs([...environment.argv])
			.scriptName("livesoak")
			.usage("$0 <command>\n\nLoad and soak tests for LiveKit.")
			.command(runCommand(environment, spare, choose))
			.command(doctorCommand(environment, choose))
			.command(serverCommand(environment, choose))
			.command(gateCommand(environment, choose))
			.command(capacityCommand(environment, choose))
			.command(agentCommand(environment, choose))
			.command(reportCommand(environment, choose))
			.command(compareCommand(environment, choose))
			.demandCommand(
				1,
				`Say what to do: ${commands.slice(0, -1).join(", ")} or ${commands.at(-1)}.`,
			)
			.strictCommands()
			.strict()
			.check(refuseRepeatedFlags, true)
			.version(livesoakVersion)
			.help()
			.epilogue(
				"Exit codes: 0 passed, 1 error, 2 bad input, 3 invalid, 4 doctor found a fault, 99 failed, 130 stopped.",
			)
			.wrap(Math.min(100, environment.stdout.columns ?? 100))
			.updateStrings(plainerWords)
			.fail((message, error) => {
				throw isUsageError(error) ? usageError(message, environment.argv) : error;
			})
			.parseAsync();
		return undefined;
	} catch (thrown) {
		if (thrown instanceof Chosen) return thrown.job;
		throw thrown;
	}
}

/** One clear line and what would be right; a stack trace only for what is our own mistake. */
function explain({ stderr, signal }: Environment, error: unknown): ExitCode {
	if (error instanceof UserError) {
		stderr.write(`livesoak: ${error.message}\n`);
		if (error.hint !== undefined) stderr.write(`  ${error.hint}\n`);
		return error.exitCode;
	}
	if (signal.aborted) return exitCodes.aborted;
	const text = error instanceof Error ? sourceStack(error.stack ?? error.message) : String(error);
	stderr.write(`livesoak: internal error: ${text}\n`);
	return exitCodes.error;
}
