import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { figure } from "./figure.js";

/** Thresholds that made the run fail; a failing advisory one does not. */
export function failingThresholds(summary: Summary): Summary["thresholds"] {
	return summary.thresholds.filter((one) => !one.ok && !one.advisory);
}

/** The whole run in one sentence: `FAILED smoke: 1 of 4 thresholds failed: rtp.loss mean < 0.5% (observed 2.00%) (exit code 99)`. */
export function verdictLine(summary: Summary): string {
	return stripControlCharacters(
		`${summary.verdict.toUpperCase()} ${summary.scenario}: ${because(summary)} (exit code ${summary.exitCode})`,
	);
}

/** What was observed against a threshold, or why nothing was. */
export function observedText(one: Summary["thresholds"][number]): string {
	if (one.observed !== undefined) return `observed ${figure(one.observed, one.unit)}`;
	return one.reason ?? "no samples";
}

function because(summary: Summary): string {
	const failing = failingThresholds(summary);
	switch (summary.verdict) {
		case "passed":
			return summary.thresholds.length === 0
				? "the run had no thresholds to fail"
				: `every threshold held (${summary.thresholds.filter((one) => one.ok).length} of ${summary.thresholds.length})`;
		case "failed":
			return `${failing.length} of ${summary.thresholds.length} thresholds failed: ${failing
				.map((one) => `${one.metric} ${one.expression} (${observedText(one)})`)
				.join(", ")}`;
		case "invalid":
			return `the tester could not keep up, so the figures say nothing about the server: ${summary.invalidities
				.map((one) => one.text)
				.join("; ")}`;
		case "aborted":
			return `stopped before its end${summary.reason ? `: ${summary.reason}` : ""}`;
		case "error":
			return `could not run to its end${summary.reason ? `: ${summary.reason}` : ""}`;
	}
}
