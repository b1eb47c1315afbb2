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
				"Say what to do: run, gate, doctor, server, capacity, agent, report or compare.",
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

/** yargs tells of most mistakes by a message alone, of a flag without its value by an error of its own. */
function isUsageError(error: Error | undefined): boolean {
	return error === undefined || error.name === "YError";
}

/** What a command cannot do without, and how it is typed. Of those not here it is a scenario. */
const needed: Readonly<Record<string, { readonly what: string; readonly example: string }>> = {
	report: {
		what: "result folder",
		example: "livesoak report results/20261122T140845Z-smoke-59015b",
	},
	compare: { what: "result folder", example: "livesoak compare results/AFTER results/BEFORE" },
	gate: {
		what: "scenario file",
		example:
			"livesoak gate scenarios/upgrade-gate.yaml --baseline ./livekit-server-old --candidate ./livekit-server-new",
	},
	capacity: { what: "scenario file", example: "livesoak capacity scenarios/capacity.yaml" },
};

const scenarioFile = { what: "scenario file", example: "livesoak run scenarios/smoke.yaml" };

/** To yargs whatever a command has no place for is a command that it does not know. */
const tooMuch = /^Unknown commands?: (.+)$/;

/** yargs names flags as its own variables are called. Its words for one and for many cannot be replaced by a text. */
function plainer(message: string): string {
	const [, what, names = ""] = /^(Unknown|Missing required) arguments?: (.+)$/.exec(message) ?? [];
	if (what === undefined) return message;
	const flags = names.split(", ").map((name) => `--${name}`);
	const shown = `${flags.length > 1 ? "flags" : "flag"}: ${flags.join(", ")}`;
	return what === "Unknown" ? `Unknown ${shown}` : `Missing ${shown}`;
}

const commands = new Set([
	...["run", "gate", "doctor", "server", "capacity", "agent", "report", "compare"],
]);

function usageError(message: string, [command = ""]: readonly string[]): UserError {
	const extra = tooMuch.exec(message)?.[1];
	if (extra !== undefined && commands.has(command)) {
		return new UserError({
			message: `livesoak ${command} has no place for "${extra}".`,
			hint: `livesoak ${command} --help shows what it takes.`,
		});
	}
	if (!message.startsWith("Not enough non-option arguments"))
		return new UserError({
			message: plainer(message),
			hint: "livesoak --help shows what there is.",
		});
	const { what, example } = needed[command] ?? scenarioFile;
	return new UserError({ message: `The ${what} is missing.`, hint: `For example: ${example}` });
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
