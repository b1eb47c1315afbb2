import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizesIn, steadyMsIn, workloadsIn } from "../../../bench/flags.js";
import { layoutFor } from "../../../bench/livekit-tester.js";
import {
	growthWorkload,
	participantsOf,
	scenarioText,
	streamsOf,
	workloads,
} from "../../../bench/workload.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { checkThreshold } from "../../../src/verdict/threshold.js";

const count = fc.integer({ min: 0, max: 6 });

/** Who hears whom, counted one by one. */
function streamsCounted(publishers: number, subscribers: number, both: number): number {
	const people = [
		...Array.from({ length: publishers }, () => ({ speaks: true, listens: false })),
		...Array.from({ length: subscribers }, () => ({ speaks: false, listens: true })),
		...Array.from({ length: both }, () => ({ speaks: true, listens: true })),
	];
	const heard = people.map((from) =>
		people.filter((to) => to !== from && to.listens && from.speaks),
	);
	return heard.flat().length;
}

describe("a workload", () => {
	test("has the participants and streams of its name", () => {
		expect(participantsOf(workloads["5x60"])).toBe(65);
		expect(streamsOf(workloads["5x60"])).toBe(300);
		expect(participantsOf(workloads["10x10"])).toBe(100);
		expect(streamsOf(workloads["10x10"])).toBe(900);
	});

	test("has a stream for each listener and each other who speaks", () => {
		fc.assert(
			fc.property(count, count, count, (publishers, subscribers, both) => {
				const work = { ...workloads["5x60"], rooms: 3, publishers, subscribers, both };
				expect(streamsOf(work)).toBe(3 * streamsCounted(publishers, subscribers, both));
			}),
		);
	});

	test.each([...Object.values(workloads), growthWorkload(50, 20)])(
		"$name is a scenario",
		(work) => {
			for (const arrival of ["paced", "burst"] as const) {
				const text = scenarioText({ work, arrival, holdMs: 12_345 });
				const plan = makePlan(loadScenario({ text, fileName: "bench.yaml", checkThreshold }));
				expect(plan.seats).toHaveLength(participantsOf(work));
				expect(plan.seats.every(({ engine }) => engine === "lite")).toBe(true);
				const rampMs =
					arrival === "burst" ? 0 : (participantsOf(work) / work.joinsPerSecond) * 1000;
				expect(plan.durationMs).toBe(rampMs + 12_345);
			}
		},
	);
});

describe("flags", () => {
	test("name workloads", () => {
		expect(workloadsIn("all")).toHaveLength(2);
		expect(workloadsIn("10x10, 5x60").map(({ name }) => name)).toEqual(["10x10", "5x60"]);
		expect(() => workloadsIn("5x60,")).toThrow("there is no workload without a name");
	});

	test("give sizes that fill their rooms", () => {
		expect(sizesIn("10, 800")).toEqual([10, 800]);
		expect(() => sizesIn("10,15")).toThrow("15 participants do not fill rooms of 10");
		expect(() => sizesIn("10,,20")).toThrow("expected a whole number from 10");
	});

	test("give durations that the server's count fits", () => {
		expect(steadyMsIn("1m")).toBe(60_000);
		for (const text of ["7s", "0s", "10", ""]) expect(() => steadyMsIn(text)).toThrow("--duration");
	});
});

test("the smallest layout that hears everybody is taken", () => {
	expect([5, 6, 7, 10, 25].map(layoutFor)).toEqual(["speaker", "speaker", "3x3", "4x4", "5x5"]);
	expect(() => layoutFor(26)).toThrow("26 publishers");
});
