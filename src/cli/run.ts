import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { cpus, totalmem, type } from "node:os";
import type { Argv, CommandModule } from "yargs";
import { openPcmSource } from "../audio/open-source.js";
import type { Embedded } from "../backend/embedded.js";
import { systemClock } from "../clock/system-clock.js";
import { engineNames } from "../engine/engine-name.js";
import type { ExitCode } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import { icePolicies } from "../ice/policy.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import { makePlan } from "../plan/make-plan.js";
import type { Plan } from "../plan/plan.js";
import { type Connection, openTurn, type TurnSettings } from "../pool/connection.js";
import { workerCountFor } from "../pool/worker-count.js";
import { preflight } from "../run/preflight.js";
import { run } from "../run/run.js";
import type { StopReason } from "../run/stop-switch.js";
import { isBuiltInSource } from "../scenario/audio.js";
import { loadScenario } from "../scenario/load-scenario.js";
import { type Override, parseSet } from "../scenario/override.js";
import type { Scenario } from "../scenario/scenario.js";
import { hostOf } from "../verdict/build-summary.js";
import { checkThreshold } from "../verdict/threshold.js";
import {
	type ConnectionFlags,
	connectionOptions,
	namedServer,
	namedTurn,
	readTurnCa,
} from "./connection-options.js";
import type { Environment } from "./environment.js";
import { type OutputFlags, outputOptions, outputSinks, secretsOf } from "./output-options.js";
import { livesoakVersion } from "./version.js";

interface RunFlags extends ConnectionFlags, OutputFlags {
	readonly scenario: string;
	readonly engine?: string | undefined;
	readonly ice?: string | undefined;
	readonly duration?: string | undefined;
	readonly participants?: string | undefined;
	readonly seed?: string | undefined;
	readonly set?: readonly string[] | undefined;
}

/** `livesoak run <scenario.yaml>`: the main job. */
export function runCommand(
	environment: Environment,
	onExit: (code: ExitCode) => void,
): CommandModule<object, RunFlags> {
	return {
		command: "run <scenario>",
		describe: "Run a scenario and judge it",
		builder: (yargs) => runOptions(yargs) as Argv<RunFlags>,
		handler: async (flags) => onExit(await runScenario(environment, flags)),
	};
}

function runOptions(yargs: Argv<object>) {
	const scenario = yargs
		.positional("scenario", {
			type: "string",
			demandOption: true,
			describe: "Scenario file (YAML)",
		})
		.option("engine", {
			...{ type: "string", choices: engineNames, group: "Scenario:" },
			describe: "Engine of all participants",
		})
		.option("ice", {
			...{ type: "string", choices: icePolicies, group: "Scenario:" },
			describe: "ICE policy of all participants",
		})
		.option("duration", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "Scale the load shape to this length, such as 30s",
		})
		.option("participants", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "So many participants in all",
		})
		.option("seed", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "Seed of the plan",
		})
		.option("set", {
			...{ type: "string", array: true, nargs: 1, group: "Scenario:" },
			describe: "Change one value: path=value, such as load.0.ramp=5s; repeatable",
		});
	return outputOptions(connectionOptions(scenario));
}

async function runScenario(environment: Environment, flags: RunFlags): Promise<ExitCode> {
	const { env, stderr, signal } = environment;
	const scenario = await readScenario(flags);
	const plan = makePlan(scenario);
	const named = namedServer(flags, env);
	const turn = namedTurn(flags, env);
	const turnCaPem = await readTurnCa(flags.turnCa);
	if (named && needsTurn(plan) && !turn) throw turnMissing();
	if (turn) await checkTurn(turn, plan);
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
		await preflight(connection, {
			tlsInsecure: scenario.tls.insecure,
			signal: environment.killSignal,
		});
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
			sinks: sinksOf(runId, secretsOf(connection)),
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

async function readScenario(flags: RunFlags): Promise<Scenario> {
	const fileName = flags.scenario;
	let text: string;
	try {
		text = await readFile(fileName, "utf8");
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
		const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
		throw new UserError({
			message: `Scenario ${fileName}: ${reason}.`,
			hint: "Give the path of a scenario, for example scenarios/smoke.yaml.",
			cause,
		});
	}
	return loadScenario({ text, fileName, overrides: overridesOf(flags), checkThreshold });
}

function overridesOf(flags: RunFlags): Override[] {
	const { set = [], engine, ice, seed, duration, participants } = flags;
	const values = { engine, ice, seed: seed === undefined ? undefined : numberIn(seed) };
	return [
		...set.map(parseSet),
		...Object.entries(values).flatMap(([path, value]): Override[] =>
			value === undefined ? [] : [{ flag: `--${path}`, path, value }],
		),
		...(duration === undefined ? [] : [{ flag: "--duration", duration }]),
		...(participants === undefined ? [] : [participantsOverride(participants)]),
	];
}

function participantsOverride(text: string): Override {
	const participants = numberIn(text);
	if (typeof participants === "number") return { flag: "--participants", participants };
	throw new UserError({ message: `--participants ${text}: expected a whole number.` });
}

/** The number in a text, or the text itself, so that the error can show what was typed. */
function numberIn(text: string): number | string {
	return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
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

/** What a worker may know of the environment: where things are, and no secret. */
function workerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const names = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
	return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function thisMachine() {
	return {
		...{ cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem() },
		...{ os: type(), node: process.version },
	};
}
