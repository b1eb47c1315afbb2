import type { Aggregates } from "../aggregate/aggregates.js";
import { type FailureStage, type Stage, stages } from "../sample/stage.js";

const order: readonly FailureStage[] = ["credentials", ...stages];

/**
 * The share of begun participants whose join failed at this stage or an earlier one: those that never
 * got past it. Joins cut off because the run was stopped (`aborted`) are in neither number.
 * @returns 0 to 1, or undefined when no participant began
 */
export function failedShare(aggregates: Aggregates, stage: Stage): number | undefined {
	const aborted = aggregates.counter("failures", { cause: "aborted" });
	const begun = aggregates.counter("participants", { event: "begun" }) - aborted;
	if (begun <= 0) return undefined;
	const upTo = order.slice(0, order.indexOf(stage) + 1);
	const failed = upTo.reduce(
		(sum, at) =>
			sum +
			aggregates.counter("failures", { stage: at }) -
			aggregates.counter("failures", { stage: at, cause: "aborted" }),
		0,
	);
	return failed / begun;
}
