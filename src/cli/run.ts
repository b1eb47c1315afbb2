import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { cpus, totalmem, type } from "node:os";
import type { Argv, CommandModule } from "yargs";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import { openPcmSource } from "../audio/open-source.js";
import type { Embedded } from "../backend/embedded.js";
import { systemClock } from "../clock/system-clock.js";
import type { ExitCode } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import { makePlan } from "../plan/make-plan.js";
import type { Plan } from "../plan/plan.js";
import { type Connection, openTokens, openTurn, type TurnSettings } from "../pool/connection.js";
import { workerCountFor } from "../pool/worker-count.js";
import type { WorkerHandle } from "../pool/worker-handle.js";
import { preflight } from "../run/preflight.js";
import { run } from "../run/run.js";
import type { StopReason } from "../run/stop-switch.js";
import { hostOf } from "../verdict/build-summary.js";
import {
	type ConnectionFlags,
	connectionOptions,
	namedServer,
	namedTurn,
	readTurnCa,
} from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";
import { type OutputFlags, outputOptions, outputSinks, secretsOf } from "./output-options.js";
import { readScenario, type ScenarioFlags, scenarioOptions } from "./scenario-options.js";
import { livesoakVersion } from "./version.js";
import { workerEnv } from "./worker-env.js";

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
	const { env, stderr, signal } = environment;
	const scenario = await readScenario(flags);
	const plan = makePlan(scenario);
	const named = namedServer(flags, env);
	const turn = namedTurn(flags, env);
	const turnCaPem = await readTurnCa(flags.turnCa);
	if (named && needsTurn(plan) && !turn) throw turnMissing();
	if (turn) await checkTurn(turn, plan);
	// Missing keys and wrong service URLs are told before anybody is asked.
	if (named) openTokens(named.tokens, scenario.token.ttlMs);
	const sinksOf = outputSinks(environment, flags);
	// The workers read it again; here it fails before any server is started.
	const { source } = scenario.audio;
	if (!isBuiltInSource(source)) await openPcmSource(source, (path) => readFile(path));
	const onProgress = (line: string) => {
		if (!flags.quiet && !flags.json) stderr.write(`${line}\n`);
	};
	let embedded: Embedded | undefined;
	const stop = new AbortController();
	const stopGently = () => stop.abort();
	signal.addEventListener("abort", stopGently, { once: true });
	try {
		if (!named) {
			// Loaded only where it is needed: it costs a quarter of a second.
			const { startEmbedded } = await import("../backend/embedded.js");
			embedded = await startEmbedded({
				env,
				turn: turn ? "none" : embeddedTurn(plan),
				onProgress,
				signal: environment.killSignal,
			});
			embedded.onLost((what) => {
				const reason: StopReason = { kind: "error", text: `the embedded ${what} ended by itself` };
				stop.abort(reason);
			});
		}
		const connection: Connection = {
			...(named ?? (embedded as Embedded).connection),
			...(turn ? { turn } : {}),
			...(turnCaPem === undefined ? {} : { turnCaPem }),
		};
		const runId = newRunId(scenario.name, new Date());
		const summary = await run({
			...{ scenario, plan, connection, clock: systemClock },
			info: {
				...{ schema: 1, runId, startedAt: new Date().toISOString() },
				...{
					scenarioFile: flags.scenario,
					scenarioName: scenario.name,
					scenario,
					seed: scenario.seed,
				},
				...{ serverUrl: hostOf(connection.url), serverEmbedded: embedded !== undefined },
				...{ participants: plan.seats.length, durationMs: plan.durationMs },
				...{ livesoakVersion, machine: thisMachine() },
			},
			workerCount: workerCountFor(scenario, plan.seats, cpus().length),
			workerEnv: workerEnv(env),
			...(spare ? { spare } : {}),
			preflight: () =>
				preflight(connection, {
					tlsInsecure: scenario.tls.insecure,
					signal: environment.killSignal,
				}),
			sinks: () => sinksOf(runId, secretsOf(connection)),
			cores: cpus().length,
			stop: stop.signal,
			kill: environment.killSignal,
		});
		return summary.exitCode as ExitCode;
	} finally {
		signal.removeEventListener("abort", stopGently);
		await embedded?.stop();
	}
}

/** A service is not asked: that would count as a use. @throws UserError when no URI fits a policy */
async function checkTurn(settings: TurnSettings, plan: Plan): Promise<void> {
	if (settings.kind === "service") return;
	const source = openTurn(settings, 60_000, () => systemClock.nowMs());
	for (const policy of new Set(plan.seats.map(({ ice }) => ice)))
		await source.serversFor(policy, 0);
}

function needsTurn(plan: Plan): boolean {
	return plan.seats.some(({ ice }) => isRelayPolicy(ice));
}

function embeddedTurn(plan: Plan): "none" | "plain" | "tls" {
	if (plan.seats.some(({ ice }) => ice === "relay-tls")) return "tls";
	return needsTurn(plan) ? "plain" : "none";
}

function turnMissing(): UserError {
	return new UserError({
		message: "The scenario goes through a TURN relay, and no TURN server is named.",
		hint: "Give --turn turn:HOST:3478?transport=udp with LIVESOAK_TURN_SECRET, or --turn-url.",
	});
}

/** Sorts by time, tells the scenario, and cannot clash. */
function newRunId(scenarioName: string, now: Date): string {
	const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
	return `${time}-${scenarioName}-${randomBytes(3).toString("hex")}`;
}

function thisMachine() {
	return {
		...{ cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem() },
		...{ os: type(), node: process.version },
	};
}
