import { exitCodes } from "../error/exit-codes.js";
import type { ThresholdResult } from "./evaluate.js";
import type { Invalidity } from "./validity.js";

/** How a run ended, in one word. */
export const verdicts = ["passed", "failed", "invalid", "aborted", "error"] as const;

export type Verdict = (typeof verdicts)[number];

export interface Decision {
	readonly verdict: Verdict;
	readonly exitCode: number;
}

export interface DecisionInputs {
	readonly thresholds: readonly Pick<ThresholdResult, "ok" | "advisory">[];
	readonly invalidities: readonly Invalidity[];
	/** The user stopped the run. A threshold with `abortOnFail` is a failure, not this. */
	readonly aborted: boolean;
	/** The run could not go to its end (server gone, worker pool lost, internal error). */
	readonly error: boolean;
}

/**
 * error > aborted > invalid > failed > passed: the word that takes the most away from the figures wins.
 * - error before aborted: a user who stops a run that is already broken should learn that it was
 * - aborted before invalid and failed: the plan was not lived, so its thresholds were not put to the test
 * - invalid before failed: a tester that could not keep up may itself have caused the failure (and, as
 *   much, the pass: an invalid run never passes)
 */
export function decide(inputs: DecisionInputs): Decision {
	const verdict = word(inputs);
	return { verdict, exitCode: exitCodeOf(verdict) };
}

function word({ thresholds, invalidities, aborted, error }: DecisionInputs): Verdict {
	if (error) return "error";
	if (aborted) return "aborted";
	if (invalidities.length > 0) return "invalid";
	if (thresholds.some(({ ok, advisory }) => !ok && !advisory)) return "failed";
	return "passed";
}

export function exitCodeOf(verdict: Verdict): number {
	switch (verdict) {
		case "passed":
			return exitCodes.passed;
		case "failed":
			return exitCodes.thresholdFailed;
		case "invalid":
			return exitCodes.invalid;
		case "aborted":
			return exitCodes.aborted;
		case "error":
			return exitCodes.error;
	}
}
