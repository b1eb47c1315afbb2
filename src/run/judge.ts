import type { Aggregates } from "../aggregate/aggregates.js";
import type { Crew } from "../pool/crew.js";
import { engineVersions } from "../pool/engine-versions.js";
import type { Trend } from "../trend/trend.js";
import { buildSummary } from "../verdict/build-summary.js";
import { evaluate, type ThresholdResult } from "../verdict/evaluate.js";
import { countParticipants } from "../verdict/participants.js";
import type { FaultSummary, Summary } from "../verdict/summary.js";
import { parseThreshold, type Threshold } from "../verdict/threshold.js";
import {
	defaultValidityLimits,
	type Invalidity,
	judgeValidity,
	testerState,
} from "../verdict/validity.js";
import { decide } from "../verdict/verdict.js";
import { unseenMetrics } from "../verdict/visibility.js";
import type { Resumption } from "./resume-point.js";
import type { RunOrder } from "./run-order.js";
import type { RunView } from "./run-view.js";
import type { StopReason } from "./stop-switch.js";

const levelMetric = "recovery.level";

/** Turns the totals into views and, at the end, into the summary with its verdict. */
export class Judge {
	readonly #order: RunOrder;
	readonly #crew: Crew;
	readonly #totals: Aggregates;
	readonly #thresholds: readonly Threshold[];

	constructor(order: RunOrder, crew: Crew, totals: Aggregates) {
		this.#order = order;
		this.#crew = crew;
		this.#totals = totals;
		const asked = Object.entries(order.scenario.thresholds).flatMap(([metric, entries]) =>
			entries.map((entry) => parseThreshold(metric, entry.expression, entry)),
		);
		const { faults } = order.scenario;
		const isLevelAsked = asked.some(({ metric }) => metric === levelMetric);
		// What a fault breaks for good fails the run, also where nobody thought of saying so.
		this.#thresholds =
			faults.length > 0 && !isLevelAsked
				? [...asked, parseThreshold(levelMetric, "ratio == 100%")]
				: asked;
	}

	view(startAtMs: number, window: Aggregates): RunView {
		const { clock, plan } = this.#order;
		const nowMs = clock.nowMs();
		const elapsedMs = Math.max(0, nowMs - startAtMs);
		const { workers, fleet, soFar } = this.#crew;
		return {
			...{ nowMs, elapsedMs, durationMs: plan.durationMs, target: plan.aliveAt(elapsedMs) },
			alive: workers.reduce((sum, { alive }) => sum + alive, 0),
			joining: workers.reduce((sum, { joining }) => sum + joining, 0),
			...{ totals: this.#totals, window, workers, tester: soFar },
			thresholds: this.#evaluate(),
			invalidities: this.#invalidities(elapsedMs),
			...(fleet ? { agents: fleet.views, heard: fleet.heard } : {}),
		};
	}

	summary(end: {
		startAtMs: number;
		serverVersion: string | undefined;
		reason: StopReason | undefined;
		faults: readonly FaultSummary[];
		resumed: readonly Resumption[];
		trends: readonly Trend[];
	}): Summary {
		const { info, plan, clock } = this.#order;
		const { engines, workerCount, fleet, soFar } = this.#crew;
		const { takenOver, ...used } = soFar;
		const durationMs = Math.max(0, clock.nowMs() - end.startAtMs);
		const thresholds = this.#evaluate();
		const invalidities = this.#invalidities(durationMs);
		const error = end.reason?.kind === "error";
		const decision = decide({
			thresholds,
			invalidities,
			aborted: end.reason?.kind === "user",
			error,
		});
		return buildSummary({
			decision,
			...(end.reason ? { reason: end.reason.text } : {}),
			...{ runId: info.runId, startedAt: info.startedAt, durationMs },
			...{ scenario: info.scenarioName, seed: info.seed },
			engines: engineVersions(engines),
			server: {
				...(end.serverVersion === undefined ? {} : { version: end.serverVersion }),
				...{ url: info.serverUrl, embedded: info.serverEmbedded },
			},
			...{ planned: plan.lifeCount, takenOver },
			...{ totals: this.#totals, thresholds, invalidities, unseen: this.#unseen() },
			...{ faults: end.faults, resumed: end.resumed, trends: end.trends },
			tester: {
				...used,
				workers: workerCount,
				...(fleet && { agents: fleet.agents.length, agentsLost: fleet.lost }),
			},
		});
	}

	#evaluate(): ThresholdResult[] {
		return evaluate(this.#thresholds, this.#totals, this.#unseen());
	}

	#unseen() {
		return unseenMetrics([...this.#crew.engines.values()]);
	}

	/** Of the whole, and of each machine: where one of many cannot keep up, the sum of all may still look well. */
	#invalidities(elapsedMs: number): Invalidity[] {
		const { plan, scenario } = this.#order;
		const { soFar, cores, parts } = this.#crew;
		const limits = { ...defaultValidityLimits, ...scenario.validity };
		const { fault } = countParticipants(this.#totals, plan.lifeCount, soFar.takenOver);
		const share = (cpuSeconds: number, of: number) =>
			elapsedMs > 0 ? cpuSeconds / (elapsedMs / 1000) / of : 0;
		const whole = testerState(this.#totals, {
			...{ cpuRatio: share(soFar.cpuSeconds, cores), accountingFault: fault },
		});
		return [
			...judgeValidity(whole, limits),
			...parts.flatMap((part) => {
				const state = testerState(part.totals, { cpuRatio: share(part.cpuSeconds, part.cores) });
				return judgeValidity(state, limits).map((found) => ({
					...found,
					text: `agent ${part.name}: ${found.text}`,
				}));
			}),
		];
	}
}
