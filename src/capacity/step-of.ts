import { figure } from "../sink/figure.js";
import type { Summary } from "../verdict/summary.js";
import type { CapacityStep } from "./capacity-result.js";
import type { Outcome } from "./search.js";
import type { Reading } from "./step-recorder.js";
import { usageOf } from "./step-usage.js";

export interface StepFacts extends Pick<CapacityStep, "step" | "why" | "count" | "participants"> {
	readonly summary: Summary;
	readonly readings: readonly Reading[];
	/** That the server can use, where the user says so. */
	readonly serverCores?: number | undefined;
}

/** One run of a search, as capacity.json has it. The run must have gone to its end or failed a threshold. */
export function stepOf(facts: StepFacts): CapacityStep {
	const { summary, readings, serverCores } = facts;
	const { metrics, participants, tester } = summary;
	const { tester: used, ...usage } = usageOf(readings, serverCores);
	const figures = {
		connectP95Ms: metrics["connect.media"]?.p95,
		lossRatio: metrics["rtp.loss"]?.mean,
		jitterP95Ms: metrics["rtp.jitter"]?.p95,
	};
	return {
		...{ step: facts.step, why: facts.why, count: facts.count, participants: facts.participants },
		outcome: outcomeOf(summary),
		runId: summary.runId ?? "",
		durationMs: summary.durationMs,
		...{ joined: participants.joined, failed: participants.failed, lost: participants.lost },
		...Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)),
		thresholds: summary.thresholds
			.filter(({ ok, advisory }) => !ok && !advisory)
			.map(({ metric, expression, observed, unit, reason }) => {
				const was = observed === undefined ? (reason ?? "no samples") : figure(observed, unit);
				return `${metric} ${expression} (${was})`;
			}),
		invalidities: summary.invalidities.map(({ text }) => text),
		failures: summary.failures,
		lostCauses: summary.lostCauses,
		...usage,
		tester: {
			...used,
			maxRssBytes: tester.maxRssBytes,
			...(tester.lagP99Ms !== undefined && { lagP99Ms: tester.lagP99Ms }),
		},
	};
}

function outcomeOf({ verdict }: Summary): Outcome {
	if (verdict === "passed" || verdict === "invalid") return verdict;
	return "failed";
}
