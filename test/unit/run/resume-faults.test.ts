import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import { faultMoments } from "../../../src/fault/moments.js";
import { partFaults, type ToldFault } from "../../../src/run/resume-faults.js";
import type { Fault, FaultEffect } from "../../../src/scenario/fault.js";

const durationMs = 100_000;
const effects: readonly FaultEffect[] = [
	{ do: "signal-drop", share: 1 },
	{ do: "herd", share: 1, awayMs: 1000 },
	{ do: "kill-worker" },
];

/** Faults of a run whose last saved second is at `fromMs`: what the timeline counts, and what events tell. */
function killed(faults: readonly Fault[], fromMs: number, lateMs: number) {
	const moments = faultMoments(faults, durationMs);
	const saved = moments.filter(({ atMs }) => atMs + lateMs <= fromMs);
	const totals = new Aggregates();
	for (const { fault } of saved) fold(totals, { kind: "fault", fault: fault.effect.do });
	const told = new Map(
		saved.map(({ number, atMs }) => [number, toldAt(number, atMs + lateMs)] as const),
	);
	return { moments, saved, totals, told };
}

function toldAt(number: number, elapsedMs: number): ToldFault {
	const atMs = 1e12 + elapsedMs;
	return {
		began: { kind: "fault-began", atMs, number, affected: 3, means: "some way" },
		...{ elapsedMs, recoveries: [] },
	};
}

test("each fault is done or due, and done where the saved seconds have it, whichever of the two files tells of it", () => {
	const fault = fc.record({
		when: fc.record({
			kind: fc.constant("at" as const),
			atMs: fc.integer({ min: 0, max: 99_999 }),
		}),
		effect: fc.constantFrom(...effects),
		withinMs: fc.constant(30_000),
	});
	const time = fc.integer({ min: 0, max: durationMs });
	fc.assert(
		fc.property(
			...[fc.array(fault, { maxLength: 12 }), time, fc.integer({ min: 1, max: 3000 })],
			fc.constantFrom("both", "timeline", "events"),
			(faults, fromMs, lateMs, left) => {
				const { moments, saved, totals, told } = killed(faults, fromMs, lateMs);
				const { done, due } = partFaults(moments, {
					fromMs,
					totals: left === "events" ? new Aggregates() : totals,
					told: left === "timeline" ? new Map() : told,
				});
				expect(due).toEqual(moments.filter((moment) => !saved.includes(moment)));
				expect(done.map((row) => row.do)).toEqual(saved.map(({ fault: { effect } }) => effect.do));
			},
		),
	);
});

describe("how a fault is told that was carried out before the kill", () => {
	const faults: Fault[] = [
		{ when: { kind: "at", atMs: 5000 }, effect: { do: "herd", share: 1, awayMs: 0 }, withinMs: 1 },
	];
	const { moments, totals } = killed(faults, 9000, 10);
	const began = toldAt(0, 5010);
	const ref = { number: 0, atMs: 1e12 + 5300 };
	const rowOf = (told?: ToldFault) =>
		partFaults(moments, { fromMs: 9000, totals, told: new Map(told ? [[0, told]] : []) }).done[0];

	test("judged: with its figures", () => {
		const outcome = { affected: 3, recovered: 2, failed: 1, levelOk: false, levelText: "worse" };
		const judged = { ...ref, kind: "fault-judged" as const, ...outcome };
		const row = rowOf({ ...began, ended: { ...ref, kind: "fault-ended" }, judged });
		expect(row).toEqual({ do: "herd", atMs: 5010, untilMs: 5300, means: "some way", ...outcome });
	});

	test("over, and not judged: with those of whom it was known", () => {
		const seen = { ...ref, kind: "recovery" as const };
		const recoveries = [
			{ ...seen, outcome: "recovered" as const, recoveryMs: 70, gapMs: 80 },
			{ ...seen, outcome: "failed" as const, gapMs: 900 },
		];
		expect(rowOf({ ...began, ended: { ...ref, kind: "fault-ended" }, recoveries })).toEqual({
			...{ do: "herd", atMs: 5010, untilMs: 5300, means: "some way" },
			...{ affected: 3, recovered: 1, failed: 1, levelText: "not judged: the tester was killed" },
			recoveryMs: { p50: 70, p95: 70, max: 70 },
			audioGapMs: { p50: 80, p95: 900, max: 900 },
		});
	});

	test("under way: not carried out to its end", () => {
		expect(rowOf(began)).toEqual({
			...{ do: "herd", atMs: 5010, untilMs: 9000, means: "some way" },
			error: "the tester was killed before it was over",
			...{ affected: 3, recovered: 0, failed: 0, levelText: "not judged: the tester was killed" },
		});
	});

	test("counted, and nothing told of it", () => {
		expect(rowOf()).toMatchObject({
			...{ atMs: 5000, affected: 0, error: "the tester was killed as it began" },
		});
	});
});
