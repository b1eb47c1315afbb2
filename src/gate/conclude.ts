import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import type { FigureResult, GateVerdict } from "./gate-result.js";
import type { RoundsEnd } from "./run-rounds.js";

export interface Conclusion {
	readonly verdict: GateVerdict;
	readonly exitCode: ExitCode;
	/** One sentence. */
	readonly reason: string;
}

/**
 * aborted > failed > invalid > unknown > passed. A figure that was found to be worse stays so whatever happened
 * later; what is not known to be good does not pass.
 */
export function conclude(
	end: RoundsEnd,
	figures: readonly FigureResult[],
	whyInvalid?: string,
): Conclusion {
	const judging = figures.filter(({ judges }) => judges);
	const named = (verdict: FigureResult["verdict"]) =>
		judging.filter((one) => one.verdict === verdict).map(({ metric }) => metric);
	const [worse, better, unknown] = [named("worse"), named("better"), named("unknown")];
	if (end === "aborted") {
		const reason = "stopped before there was an answer";
		return { verdict: "aborted", exitCode: exitCodes.aborted, reason };
	}
	if (worse.length > 0) {
		const reason = `the candidate is worse: ${worse.join(", ")}`;
		return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reason };
	}
	if (end === "invalid") {
		const reason = `the tester could not keep up: ${whyInvalid ?? "no reason is known"}`;
		return { verdict: "invalid", exitCode: exitCodes.invalid, reason };
	}
	if (judging.length === 0 || unknown.length > 0) {
		const reason =
			judging.length === 0
				? "no figure that judges was measured"
				: `nothing is known to be worse, but too little is known of ${unknown.join(", ")}`;
		return { verdict: "unknown", exitCode: exitCodes.invalid, reason };
	}
	const reason =
		better.length > 0
			? `no figure is worse, and better: ${better.join(", ")}`
			: "every figure is the same within its margin";
	return { verdict: "passed", exitCode: exitCodes.passed, reason };
}
