import { expect } from "vitest";
import type { FaultSummary, Summary } from "../../src/verdict/summary.js";
import type { EventLine } from "./result.js";

/** The one fault of this kind. */
export function faultOf({ faults }: Summary, kind: string): FaultSummary {
	const [fault, ...others] = faults.filter((each) => each.do === kind);
	if (!fault || others.length > 0) throw new Error(`not one ${kind} in ${JSON.stringify(faults)}`);
	return fault;
}

/** All that it met are back, and all is as before. */
export function expectRecovered(fault: FaultSummary, affected: number): void {
	expect(fault).toMatchObject({ affected, recovered: affected, failed: 0, levelOk: true });
	expect(fault).not.toHaveProperty("error");
}

/** Each fault has its events, in order, and a line for each participant whose fate is known. */
export function expectTold(summary: Summary, events: readonly EventLine[]): void {
	for (const [number, fault] of summary.faults.entries()) {
		const own = events.filter((event) => event.number === number && event.do === fault.do);
		const kinds = own.map(({ kind }) => kind).filter((kind) => kind !== "recovery");
		expect(kinds, fault.do).toEqual(["fault-began", "fault-ended", "fault-judged"]);
		const recoveries = own.filter(({ kind }) => kind === "recovery");
		expect(recoveries, fault.do).toHaveLength(fault.recovered + fault.failed);
		expect(new Set(recoveries.map(({ seat }) => seat)).size).toBe(recoveries.length);
	}
}
