import { readFile } from "node:fs/promises";
import type { Argv, CommandModule } from "yargs";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import { openPcmSource } from "../audio/open-source.js";
import type { ExitCode } from "../error/exit-codes.js";
import { makePlan } from "../plan/make-plan.js";
import type { WorkerHandle } from "../pool/worker-handle.js";
import type { StopReason } from "../run/stop-switch.js";
import { type ConnectionFlags, connectionOptions } from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";
import { live } from "./live.js";
import { type OutputFlags, outputOptions, outputSinks } from "./output-options.js";
import { readScenario, type ScenarioFlags, scenarioOptions } from "./scenario-options.js";
import { openTarget, readTarget, type Target } from "./target.js";

interface RunFlags extends ScenarioFlags, ConnectionFlags, OutputFlags {}

/**
 * `livesoak run <scenario.yaml>`: the main job.
 * @param spare a worker process that was started ahead
 */
export function runCommand(
	environment: Environment,
	spare: WorkerHandle | undefined,
	choose: Choose,
): CommandModule<object, RunFlags> {
	return {
		command: "run <scenario>",
		describe: "Run a scenario and judge it",
		builder: (yargs) => runOptions(yargs) as Argv<RunFlags>,
		handler: (flags) => choose(() => runScenario(environment, spare, flags)),
	};
}

function runOptions(yargs: Argv<object>) {
	return outputOptions(connectionOptions(scenarioOptions(yargs)));
}

async function runScenario(
	environment: Environment,
	spare: WorkerHandle | undefined,
	flags: RunFlags,
): Promise<ExitCode> {
	const { stderr, signal } = environment;
	const scenario = await readScenario(flags);
	const plan = makePlan(scenario);
	const named = await readTarget(environment, flags, scenario, plan);
	const sinks = outputSinks(environment, flags);
	// The workers read it again; here it fails before any server is started.
	const { source } = scenario.audio;
	if (!isBuiltInSource(source)) await openPcmSource(source, (path) => readFile(path));
	const stop = new AbortController();
	const stopGently = () => stop.abort();
	signal.addEventListener("abort", stopGently, { once: true });
	let target: Target | undefined;
	try {
		target = await openTarget(environment, named, plan, {
			onProgress(line) {
				if (!flags.quiet && !flags.json) stderr.write(`${line}\n`);
			},
			onLost(what) {
				const reason: StopReason = { kind: "error", text: `the embedded ${what} ended by itself` };
				stop.abort(reason);
			},
		});
		const scenarioFile = flags.scenario;
		const order = { scenario, plan, scenarioFile, target, sinks, stop: stop.signal, spare };
		const summary = await live(environment, order);
		return summary.exitCode as ExitCode;
	} finally {
		signal.removeEventListener("abort", stopGently);
		await target?.stop();
	}
}
