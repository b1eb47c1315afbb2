import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Argv, CommandModule } from "yargs";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import { openPcmSource } from "../audio/open-source.js";
import type { ExitCode } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import { makePlan } from "../plan/make-plan.js";
import type { Plan } from "../plan/plan.js";
import type { WorkerHandle } from "../pool/worker-handle.js";
import type { StopReason } from "../run/stop-switch.js";
import type { Scenario } from "../scenario/scenario.js";
import { type ConnectionFlags, connectionOptions } from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { Fleet, FleetRun } from "./fleet.js";
import { type FleetFlags, fleetOptions, readFleetFlags } from "./fleet-options.js";
import type { Choose } from "./job.js";
import { live } from "./live.js";
import { type OutputFlags, outputOptions, outputSinks } from "./output-options.js";
import type { Resumed } from "./resume.js";
import {
	readScenarioFile,
	type ScenarioFlags,
	scenarioOf,
	scenarioOptions,
} from "./scenario-options.js";
import { openTarget, readTarget, type Target } from "./target.js";

interface RunFlags
	extends Omit<ScenarioFlags, "scenario">,
		ConnectionFlags,
		OutputFlags,
		FleetFlags {
	readonly scenario?: string | undefined;
	readonly resume?: string | undefined;
	readonly serverMetrics?: string | undefined;
}

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
		command: "run [scenario]",
		describe: "Run a scenario and judge it",
		builder: (yargs) => runOptions(yargs) as Argv<RunFlags>,
		handler: (flags) => choose(() => runScenario(environment, spare, flags)),
	};
}

function runOptions(yargs: Argv<object>) {
	return fleetOptions(outputOptions(connectionOptions(scenarioOptions(yargs, false))))
		.option("resume", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "Go on with a run that was killed: its result folder, instead of a scenario",
		})
		.option("server-metrics", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "URL of livekit-server's own Prometheus metrics: for the trend of its memory",
		});
}

async function runScenario(
	environment: Environment,
	spare: WorkerHandle | undefined,
	flags: RunFlags,
): Promise<ExitCode> {
	const { stderr, signal } = environment;
	const { scenario, plan, scenarioFile, scenarioSha256, resumed } = await whatToRun(
		environment,
		flags,
	);
	const named = await readTarget(environment, flags, scenario, plan);
	if (resumed)
		(await import("./resume.js")).checkSameServer(
			flags.resume ?? "",
			resumed.run,
			named.server?.url,
		);
	const fleet = await fleetOf(environment, flags, {
		scenario,
		plan,
		resumed,
		server: named.server,
	});
	const { serverMetrics } = flags;
	if (serverMetrics !== undefined)
		await (await import("../backend/server-metrics.js")).checkServerMetrics(serverMetrics);
	const out = resumed?.out ?? flags.out;
	const sinks = outputSinks(environment, { ...flags, out }, resumed !== undefined);
	// The workers read it again; here it fails before any server is started.
	const { source } = scenario.audio;
	if (!isBuiltInSource(source)) await openPcmSource(source, (path) => readFile(path));
	const lost = new AbortController();
	const stop = AbortSignal.any([signal, lost.signal]);
	const onProgress = (line: string) => {
		if (!flags.quiet && !flags.json) stderr.write(`${line}\n`);
	};
	let target: Target | undefined;
	try {
		target = await openTarget(environment, named, plan, {
			onProgress,
			onLost(what) {
				const reason: StopReason = { kind: "error", text: `the embedded ${what} ended by itself` };
				lost.abort(reason);
			},
		});
		const summary = await live(environment, {
			...{ scenario, plan, scenarioFile, scenarioSha256, resumed, target, sinks, spare },
			...{ stop, serverMetricsUrl: serverMetrics },
			...(fleet
				? {
						fleet: fleet.crew({ connection: target.connection, stop, onProgress }),
						secrets: fleet.secrets,
					}
				: {}),
		});
		return summary.exitCode as ExitCode;
	} finally {
		await target?.stop();
	}
}

/** Undefined where this machine lives the plan. @throws UserError naming the flag that is wrong */
async function fleetOf(
	environment: Environment,
	flags: RunFlags,
	run: FleetRun,
): Promise<Fleet | undefined> {
	if (run.resumed)
		(await import("./resume.js")).checkSameMachines(
			flags.resume ?? "",
			run.resumed.run,
			flags.redis !== undefined,
		);
	// Loaded only where it is needed: BullMQ takes longer than a join.
	if (flags.redis !== undefined)
		return (await import("./fleet.js")).readFleet(environment, flags, run);
	readFleetFlags(flags);
	return undefined;
}

/** What a run is about. */
interface WhatToRun {
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly scenarioFile: string;
	readonly scenarioSha256: string | undefined;
	/** A killed run that goes on. */
	readonly resumed?: Resumed;
}

/** @throws UserError with every problem of the file and the flags at once */
async function whatToRun({ argv }: Environment, flags: RunFlags): Promise<WhatToRun> {
	const { scenario: scenarioFile, resume } = flags;
	if (resume !== undefined) {
		// Loaded only where it is needed.
		const { readResumed, refuseChanges } = await import("./resume.js");
		const { scenario: _, ...rest } = flags;
		refuseChanges(
			resume,
			argv,
			scenarioFile === undefined ? rest : { ...rest, scenario: scenarioFile },
		);
		const resumed = await readResumed(resume);
		const { scenario, plan, run } = resumed;
		return {
			scenario,
			plan,
			resumed,
			scenarioFile: run.scenarioFile,
			scenarioSha256: run.scenarioSha256,
		};
	}
	if (scenarioFile === undefined)
		throw new UserError({
			message: "The scenario file is missing.",
			hint: "For example: livesoak run scenarios/smoke.yaml",
		});
	const text = await readScenarioFile(scenarioFile);
	const scenario = scenarioOf({ ...flags, scenario: scenarioFile }, text);
	const scenarioSha256 = createHash("sha256").update(text).digest("hex");
	return { scenario, plan: makePlan(scenario), scenarioFile, scenarioSha256 };
}
