import { cpus } from "node:os";
import { checkServerMetrics } from "../backend/server-metrics.js";
import type { Capacity } from "../capacity/capacity-result.js";
import { capacityLine, capacityText, stepLine } from "../capacity/capacity-text.js";
import { conclude } from "../capacity/conclude.js";
import { expectedGrowth } from "../capacity/expected-growth.js";
import { runSearch, type SearchEnd } from "../capacity/run-search.js";
import { systemClock } from "../clock/system-clock.js";
import type { ExitCode } from "../error/exit-codes.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import type { StopReason } from "../run/stop-switch.js";
import { hostOf } from "../verdict/build-summary.js";
import type { CapacityFlags } from "./capacity.js";
import { CapacityFolder } from "./capacity-folder.js";
import { capacityNumbers } from "./capacity-numbers.js";
import { type CapacityPlan, planCapacity } from "./capacity-plan.js";
import type { Environment } from "./environment.js";
import { measureCapacity } from "./measure-capacity.js";
import { secretsOf } from "./output-options.js";
import { sharesMachine } from "./shares-machine.js";
import { openTarget, readTarget } from "./target.js";

/** Between two runs: workers start, everybody leaves, rooms close. */
const betweenRunsMs = 5_000;
const defaultColumns = 80;

/** `livesoak capacity`. @throws UserError before the first run has ended */
export async function findCapacity(
	environment: Environment,
	flags: CapacityFlags,
): Promise<ExitCode> {
	const { stderr, stdout, signal } = environment;
	const numbers = capacityNumbers(flags);
	const { scenario, varied, rules, runOf } = await planCapacity(flags, numbers);
	const { plan } = runOf(rules.start);
	const named = await readTarget(environment, flags, scenario, plan);
	if (flags.serverMetrics !== undefined) await checkServerMetrics(flags.serverMetrics);
	const say = (line: string) => {
		if (!flags.quiet && !flags.json) stderr.write(`${line}\n`);
	};
	const lost = new AbortController();
	const stop = AbortSignal.any([signal, lost.signal]);
	const target = await openTarget(environment, named, plan, {
		onProgress: say,
		onLost(what) {
			const reason: StopReason = { kind: "error", text: `the embedded ${what} ended by itself` };
			lost.abort(reason);
		},
	});
	try {
		const { connection, embedded } = target;
		const startedAt = new Date();
		const folder = await CapacityFolder.make(flags.out, scenario.name, startedAt);
		const isLocal = embedded !== undefined || sharesMachine(connection.url);
		const startMs = systemClock.nowMs();
		const growth = growthOf(rules, runOf);
		let serverVersion: string | undefined;
		const resultOf = (end: {
			ended: Capacity["ended"];
			reason?: string;
			steps: SearchEnd["steps"];
		}) =>
			conclude({
				...{ scenario: scenario.name, seed: scenario.seed, startedAt: startedAt.toISOString() },
				...{ durationMs: systemClock.nowMs() - startMs, varied },
				...{ ended: end.ended, reason: end.reason, steps: end.steps },
				growth,
				goesThroughTurn: plan.seats.some(({ ice }) => isRelayPolicy(ice)),
				extrapolateCores: numbers.extrapolateCores,
				server: {
					...{ url: hostOf(connection.url), embedded: embedded !== undefined },
					...(serverVersion === undefined ? {} : { version: serverVersion }),
					...(numbers.serverCores === undefined ? {} : { cores: numbers.serverCores }),
					sharesMachine: isLocal,
				},
				machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length },
			});
		const save = (result: Capacity) =>
			folder.write(result, varied.participantsAt, secretsOf(connection));
		const measure = measureCapacity(environment, {
			...{ runOf, varied, target, say, stop, scenarioFile: flags.scenario },
			stepsFolder: folder.steps,
			metricsUrl: flags.serverMetrics ?? embedded?.server.metricsUrl,
			serverCores: numbers.serverCores,
			onServerVersion: (version) => {
				serverVersion = version;
			},
		});
		const end = await runSearch({
			...{ rules, maxSteps: numbers.maxSteps, clock: systemClock, measure },
			deadlineMs: startMs + numbers.maxDurationMs,
			lengthMs: (count) => runOf(count).plan.durationMs + betweenRunsMs,
			onStep: async (steps) => {
				const last = steps.at(-1);
				if (last) say(`  ${stepLine(last, varied.unit)}`);
				await save(resultOf({ ended: "running", steps }));
			},
		});
		const result = resultOf(end);
		await save(result);
		if (flags.json) stdout.write(`${JSON.stringify(result, undefined, "\t")}\n`);
		else if (flags.quiet) stderr.write(`${capacityLine(result)} (exit code ${result.exitCode})\n`);
		else stderr.write(`\n${capacityText(result, stderr.columns ?? defaultColumns, folder.path)}\n`);
		return result.exitCode as ExitCode;
	} finally {
		await target.stop();
	}
}

function growthOf({ least, most, grid }: CapacityPlan["rules"], runOf: CapacityPlan["runOf"]) {
	const middle = least + Math.floor((most - least) / 2 / grid) * grid;
	const [small, between, large] = [least, middle, most].map((count) => runOf(count).plan.seats);
	return expectedGrowth(small ?? [], between ?? [], large ?? []);
}
