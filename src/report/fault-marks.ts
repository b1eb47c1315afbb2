import { figure } from "../sink/figure.js";
import type { Summary } from "../verdict/summary.js";
import type { ReportEvent } from "./read-events.js";
import type { ReportMark } from "./report.js";

type FaultEvent = Extract<ReportEvent, { kind: "fault-began" | "fault-ended" }>;

/** The faults of a summary: when they were, whom they met and how long it took to recover. */
export function faultMarks(faults: Summary["faults"]): ReportMark[] {
	return faults.map((fault) => ({
		kind: "fault",
		fromMs: fault.atMs,
		// What is over at once is a moment.
		...(fault.untilMs > fault.atMs ? { untilMs: fault.untilMs } : {}),
		text: faultText(fault),
	}));
}

function faultText(fault: Summary["faults"][number]): string {
	if (fault.error !== undefined) return `${fault.do} could not be done: ${fault.error}`;
	const met = `${fault.affected} affected, ${fault.recovered} recovered, ${fault.failed} failed`;
	const time = fault.recoveryMs ? `, recovery p95 ${figure(fault.recoveryMs.p95, "ms")}` : "";
	const unknown = fault.levelOk === undefined && fault.levelText ? `, ${fault.levelText}` : "";
	return `${fault.do}: ${met}${time}${unknown}`;
}

/** The same from events, for a run without a summary: what came of a fault is not known. */
export function faultMarksOf(events: readonly FaultEvent[], startAtMs: number): ReportMark[] {
	const ends = new Map(
		events.filter(({ kind }) => kind === "fault-ended").map((event) => [event.number, event.atMs]),
	);
	return events.flatMap((event) => {
		if (event.kind !== "fault-began") return [];
		const fromMs = Math.max(0, event.atMs - startAtMs);
		const endAtMs = ends.get(event.number);
		const until = endAtMs === undefined ? {} : { untilMs: Math.max(fromMs, endAtMs - startAtMs) };
		return [
			{ kind: "fault", fromMs, ...until, text: `${event.do}: ${event.affected} affected` },
		] satisfies ReportMark[];
	});
}
