import pidusage from "pidusage";
import { readServerMetrics } from "../backend/server-metrics.js";
import { readReceiveErrors } from "../capacity/receive-errors.js";
import type { Measured, SearchOrder } from "../capacity/run-search.js";
import { stepOf } from "../capacity/step-of.js";
import { type Probes, StepRecorder } from "../capacity/step-recorder.js";
import type { Varied } from "../capacity/vary.js";
import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { preflight } from "../run/preflight.js";
import { ResultFolderSink } from "../sink/result-folder.js";
import type { Summary } from "../verdict/summary.js";
import type { CapacityPlan } from "./capacity-plan.js";
import type { Environment } from "./environment.js";
import { live } from "./live.js";
import type { Target } from "./target.js";

/** How long the server may take to see everybody off before the next run begins. */
const calmWithinMs = 15_000;
const calmEveryMs = 500;
/** Where the server does not tell how many are left. */
const pauseMs = 1_000;

export interface MeasureOrder {
	readonly runOf: CapacityPlan["runOf"];
	readonly varied: Varied;
	readonly target: Target;
	readonly scenarioFile: string;
	readonly stepsFolder: string;
	readonly metricsUrl: string | undefined;
	readonly serverCores: number | undefined;
	readonly stop: AbortSignal;
	readonly say: (line: string) => void;
	readonly onServerVersion: (version: string) => void;
}

/**
 * Measures a count by one run of the scenario against the server, looking at the server meanwhile.
 * The function it returns throws a UserError only where the very first run could not begin.
 */
export function measureCapacity(
	environment: Environment,
	order: MeasureOrder,
): SearchOrder["measure"] {
	const { varied, target, stop, say } = order;
	const probes = probesOf(order);
	let before: Awaited<ReturnType<Probes["server"]>>;
	return async (count, why, number) => {
		if (stop.aborted) return stopped(stop, undefined);
		if (number === 1) before = await probes.server();
		const { scenario, plan, heldFromMs } = order.runOf(count);
		const participants = varied.participantsAt(count);
		const seconds = Math.ceil(plan.durationMs / 1000);
		say(`run ${number}: ${count} ${varied.unit}, ${participants} people, ${seconds} s`);
		const recorder = new StepRecorder(probes, heldFromMs, () => systemClock.nowMs());
		let summary: Summary;
		try {
			summary = await live(environment, {
				...{ scenario, plan, target, stop, scenarioFile: order.scenarioFile },
				sinks: async (_runId, secrets) => [
					recorder,
					new ResultFolderSink({ out: order.stepsFolder, secrets, onTrouble: say }),
				],
			});
		} catch (error) {
			if (stop.aborted) return stopped(stop, undefined);
			if (number === 1 || !(error instanceof UserError) || error.exitCode !== 1) throw error;
			return { kind: "server-lost", text: lostText(error.message, count) };
		}
		if (summary.server.version !== undefined) order.onServerVersion(summary.server.version);
		if (stop.aborted || summary.verdict === "aborted") return stopped(stop, summary);
		if (summary.verdict === "error")
			return { kind: "error", text: summary.reason ?? "a run could not go to its end" };
		const { serverCores } = order;
		const { readings } = recorder;
		const facts = { step: number, why, count, participants, summary, readings, serverCores };
		const step = stepOf(facts);
		await calm(probes, before?.participants ?? 0, stop);
		if (stop.aborted) return stopped(stop, summary);
		const lost = step.outcome === "passed" ? undefined : await whyLost();
		return lost === undefined
			? { kind: "step", step }
			: { kind: "server-lost", text: lostText(lost, count) };

		/** A server that died answers nobody: that is no limit, however much the thresholds failed. */
		async function whyLost(): Promise<string | undefined> {
			const startedAt = (await probes.server())?.startedAtSeconds;
			if (startedAt !== undefined && before?.startedAtSeconds !== undefined)
				if (startedAt > before.startedAtSeconds) return "The server was started anew";
			try {
				const { insecure } = scenario.tls;
				const options = { tlsInsecure: insecure, signal: environment.killSignal };
				await preflight(target.connection, options);
				return undefined;
			} catch (error) {
				return error instanceof Error ? error.message : String(error);
			}
		}
	};

	function lostText(what: string, count: number): string {
		return `${what.replace(/\.$/, "")}: the server went away at ${count} ${varied.unit}`;
	}
}

/** An embedded server that ends is a reason of its own; everything else is the user. */
function stopped(stop: AbortSignal, summary: Summary | undefined): Measured {
	const reason: unknown = stop.reason;
	const isError =
		typeof reason === "object" && reason !== null && "kind" in reason && reason.kind === "error";
	if (!isError) return { kind: "stopped" };
	const text = "text" in reason ? String(reason.text) : (summary?.reason ?? "the server ended");
	return { kind: "server-lost", text };
}

function probesOf({ metricsUrl, target }: MeasureOrder): Probes {
	const turn = target.embedded?.turn;
	return {
		server: async () =>
			metricsUrl === undefined ? undefined : readServerMetrics(metricsUrl).catch(() => undefined),
		turnCpuSeconds: async () => {
			if (turn === undefined) return undefined;
			const usage = await pidusage(turn.pid).catch(() => undefined);
			return usage === undefined ? undefined : usage.ctime / 1000;
		},
		receiveErrors: () => readReceiveErrors(),
	};
}

/** Waits until those of the last run are gone, so that one run does not weigh on the next. */
async function calm(probes: Probes, participants: number, stop: AbortSignal): Promise<void> {
	const untilMs = systemClock.nowMs() + calmWithinMs;
	for (
		let everyMs = pauseMs;
		systemClock.nowMs() < untilMs && !stop.aborted;
		everyMs = calmEveryMs
	) {
		await systemClock.sleepUntil(systemClock.nowMs() + everyMs, stop);
		const left = (await probes.server())?.participants;
		if (left === undefined || left <= participants) return;
	}
}
