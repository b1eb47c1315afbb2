import { randomBytes } from "node:crypto";
import { cpus, totalmem, type } from "node:os";
import { systemClock } from "../clock/system-clock.js";
import type { Plan } from "../plan/plan.js";
import { shardSeats } from "../plan/shard.js";
import type { Crew } from "../pool/crew.js";
import { Supervisor } from "../pool/supervisor.js";
import type { SupervisorListener } from "../pool/supervisor-options.js";
import { workerCountFor } from "../pool/worker-count.js";
import type { WorkerHandle } from "../pool/worker-handle.js";
import { preflight } from "../run/preflight.js";
import { type MemorySources, readMemory } from "../run/read-memory.js";
import { run } from "../run/run.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Sink } from "../sink/sink.js";
import { hostOf } from "../verdict/build-summary.js";
import type { Summary } from "../verdict/summary.js";
import type { Environment } from "./environment.js";
import { secretsOf } from "./output-options.js";
import type { Resumed } from "./resume.js";
import type { Target } from "./target.js";
import { typedCommand } from "./typed-command.js";
import { livesoakVersion } from "./version.js";
import { workerEnv } from "./worker-env.js";

export interface LiveOrder {
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly scenarioFile: string;
	/** Of its text. */
	readonly scenarioSha256?: string | undefined;
	/** A killed run that goes on. */
	readonly resumed?: Resumed | undefined;
	/** livesoak's own server tells of itself; this is for one that is named. */
	readonly serverMetricsUrl?: string | undefined;
	readonly target: Target;
	/** Called once, when the run has its name. */
	sinks(runId: string, secrets: readonly string[]): Promise<readonly Sink[]>;
	/** Ends the run gently; its reason is a StopReason. */
	readonly stop: AbortSignal;
	readonly spare?: WorkerHandle | undefined;
	/** Other machines live the plan; absent: this one does. */
	readonly fleet?: (of: { listener: SupervisorListener; runTag: string; runId: string }) => Crew;
	/** More that no file and no message may hold. */
	readonly secrets?: readonly string[];
}

/**
 * One run of a scenario against a server that is there: what `run` does once, and other commands many times.
 * @throws UserError before the first participant
 */
export function live(environment: Environment, order: LiveOrder): Promise<Summary> {
	const { scenario, plan, scenarioFile, target } = order;
	const { connection } = target;
	const { resumed, scenarioSha256 } = order;
	const now = new Date();
	const { runId, startedAt } = resumed?.run ?? {
		runId: newRunId(scenario.name, now),
		startedAt: now.toISOString(),
	};
	const { command } = resumed?.run ?? {
		command: typedCommand(environment.argv, target.embedded ? undefined : connection.url),
	};
	return run({
		...{ scenario, plan, clock: systemClock },
		info: {
			...{ schema: 1, runId, startedAt },
			...(command === undefined ? {} : { command }),
			...(scenarioSha256 === undefined ? {} : { scenarioSha256 }),
			...{ scenarioFile, scenarioName: scenario.name, scenario, seed: scenario.seed },
			...{ serverUrl: hostOf(connection.url), serverEmbedded: target.embedded !== undefined },
			...{ participants: plan.seats.length, durationMs: plan.durationMs },
			...{ livesoakVersion, machine: thisMachine() },
		},
		crew: (listener, runTag) => crewOf(environment, order, { listener, runTag, runId }),
		...(resumed ? { resume: resumed.point } : {}),
		readMemory: () => readMemory(memorySources(order)),
		...(target.embedded ? { faultTools: target.embedded.faultTools } : {}),
		preflight: () =>
			preflight(connection, {
				tlsInsecure: scenario.tls.insecure,
				signal: environment.killSignal,
			}),
		sinks: () => order.sinks(runId, [...secretsOf(connection), ...(order.secrets ?? [])]),
		stop: order.stop,
		kill: environment.killSignal,
	});
}

/** The workers of this machine, unless other machines are asked for. */
function crewOf(
	{ env }: Environment,
	order: LiveOrder,
	of: { listener: SupervisorListener; runTag: string; runId: string },
): Crew {
	const { scenario, plan, target, spare, resumed } = order;
	const { listener, runTag } = of;
	if (order.fleet) return order.fleet(of);
	const cores = cpus().length;
	const workers = workerCountFor(scenario, plan.seats, cores);
	return new Supervisor({
		...{ clock: systemClock, listener, cores, workerEnv: workerEnv(env) },
		order: { scenario, runTag, connection: target.connection },
		shards: shardSeats(plan, workers).map((seats) => seats.map(({ index }) => index)),
		...(resumed ? { fromMs: resumed.point.fromMs, before: resumed.point.tester } : {}),
		...(spare ? { spare } : {}),
	});
}

function memorySources({ target: { embedded }, serverMetricsUrl }: LiveOrder): MemorySources {
	const turn = embedded?.turn;
	const url = serverMetricsUrl ?? embedded?.server.metricsUrl;
	return {
		...(url === undefined ? {} : { serverMetricsUrl: url }),
		...(turn ? { turnPid: () => turn.pid } : {}),
	};
}

/** Sorts by time, tells the scenario, and cannot clash. */
function newRunId(scenarioName: string, now: Date): string {
	const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
	return `${time}-${scenarioName}-${randomBytes(3).toString("hex")}`;
}

/** What run.json says of it. */
export function thisMachine() {
	return {
		...{ cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem() },
		...{ os: type(), node: process.version },
	};
}
