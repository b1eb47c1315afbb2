import type { CheckReport } from "./examine.js";
import type { Finding } from "./finding.js";

/**
 * The one line that is read first.
 * @param findings ranked
 */
export function summarySentence(
	findings: readonly Finding[],
	reports: readonly CheckReport[],
	stopped: boolean,
): string {
	const [first] = findings;
	const isHeard = reports.some(({ id, status }) => id === "audio" && isWorking(status));
	if (stopped) {
		const soFar =
			first === undefined ? "nothing wrong found so far" : `found so far: ${first.title}`;
		return `stopped before all checks were over; ${soFar}`;
	}
	if (first?.severity === "fault")
		return isHeard
			? `audio works here and yet not for everybody: ${first.title}`
			: `audio cannot work: ${first.title}`;
	const healthy = isHeard ? heard(reports) : "nothing wrong found in what could be checked";
	if (first === undefined) return healthy;
	const others = findings.length === 1 ? "" : ` (and ${findings.length - 1} more)`;
	return `${isHeard ? "audio works" : "no fault found"}, with a warning: ${first.title}${others}`;
}

function isWorking(status: CheckReport["status"]): boolean {
	return status === "ok" || status === "warning";
}

/** With the audio check's own first words: how it was heard, and how late. */
function heard(reports: readonly CheckReport[]): string {
	const [line] = reports.find(({ id }) => id === "audio")?.lines ?? [];
	return line === undefined ? "audio works" : `audio works: ${line}`;
}
