import { expect, test } from "vitest";
import { type Measured, runSearch, type SearchOrder } from "../../../src/capacity/run-search.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { aFailure, aStep } from "./a-step.js";

function order(own: Partial<SearchOrder> = {}): SearchOrder {
	return {
		rules: { least: 1, most: 1000, grid: 1, start: 10, resolution: 0, repeats: 1 },
		...{ maxSteps: 30, deadlineMs: Number.POSITIVE_INFINITY, clock: new ManualClock(0) },
		lengthMs: () => 10_000,
		measure: async (count, why, step): Promise<Measured> => ({
			kind: "step",
			step: count <= 25 ? aStep({ step, why, count }) : aFailure({ step, why, count }),
		}),
		onStep: async () => {},
		...own,
	};
}

test("goes on until the search has its answer, and tells every step", async () => {
	const told: number[] = [];
	const onStep: SearchOrder["onStep"] = async (steps) => void told.push(steps.length);
	const { ended, steps } = await runSearch(order({ onStep }));
	expect(ended).toBe("found");
	expect(steps.map(({ count }) => count)).toContain(26);
	expect(told).toEqual(steps.map((_, i) => i + 1));
});

test("ends after --max-steps", async () => {
	const { ended, steps } = await runSearch(order({ maxSteps: 3 }));
	expect({ ended, steps: steps.length }).toEqual({ ended: "steps", steps: 3 });
});

test("begins no run that would end too late", async () => {
	const clock = new ManualClock(0);
	const measure = order().measure;
	const { ended, steps } = await runSearch(
		order({
			...{ clock, deadlineMs: 35_000 },
			measure: async (...asked) => {
				await clock.advanceTo(clock.nowMs() + 10_000);
				return measure(...asked);
			},
		}),
	);
	expect({ ended, steps: steps.length }).toEqual({ ended: "time", steps: 3 });
});

test.each([
	[{ kind: "stopped" }, "stopped"],
	[{ kind: "server-lost", text: "gone" }, "server-lost"],
	[{ kind: "error", text: "no workers" }, "error"],
] as const)("keeps what it has when a run ends with %o", async (last, expected) => {
	const measure = order().measure;
	const { ended, steps } = await runSearch(
		order({ measure: async (...asked) => (asked[2] === 3 ? last : measure(...asked)) }),
	);
	expect({ ended, steps: steps.length }).toEqual({ ended: expected, steps: 2 });
});
