import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credibleInterval } from "../../../src/capacity/credible-interval.js";
import { bracket, nextMove, type SearchRules, type Trial } from "../../../src/capacity/search.js";

const rules: SearchRules = {
	least: 1,
	most: 4000,
	grid: 1,
	start: 10,
	resolution: 0.05,
	repeats: 3,
};

function interval(trials: readonly Trial[]) {
	return credibleInterval(trials, bracket(trials));
}

function search(passes: (count: number) => boolean): Trial[] {
	const trials: Trial[] = [];
	for (;;) {
		const move = nextMove(trials, rules);
		if (move.kind === "done") return trials;
		trials.push({ count: move.count, outcome: passes(move.count) ? "passed" : "failed" });
	}
}

const passed = (count: number): Trial => ({ count, outcome: "passed" });
const failed = (count: number): Trial => ({ count, outcome: "failed" });

test("always holds what was measured to hold, and all up to what breaks", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 2000 }), (limit) => {
			const trials = search((count) => count <= limit);
			const { low, high } = interval(trials);
			expect(low).toBeLessThanOrEqual(limit);
			expect(high).toBeGreaterThanOrEqual(limit);
		}),
	);
});

test("covers the true limit of a soft edge in at least 90 of 100 searches", () => {
	let seed = 7;
	const random = () => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed / 2_147_483_647;
	};
	const truth = 140;
	const covered = Array.from({ length: 100 }, () => {
		const chance = (count: number) => 1 / (1 + (count / truth) ** (1 / 0.05));
		const { low, high } = interval(search((count) => random() < chance(count)));
		return low <= truth && truth <= (high ?? Number.POSITIVE_INFINITY);
	}).filter(Boolean).length;
	expect(covered).toBeGreaterThanOrEqual(90);
});

describe("gets", () => {
	test("narrower with more runs that agree", () => {
		const few = interval([passed(100), failed(110)]);
		const many = interval([...Array(5).fill(passed(100)), ...Array(5).fill(failed(110))]);
		expect((many.high ?? 0) - many.low).toBeLessThan((few.high ?? 0) - few.low);
	});

	test("wider with runs that contradict each other", () => {
		const clear = interval([passed(100), passed(100), failed(110), failed(110)]);
		const torn = interval([
			passed(100),
			failed(100),
			passed(100),
			passed(110),
			failed(110),
			failed(110),
		]);
		expect((torn.high ?? 0) - torn.low).toBeGreaterThan((clear.high ?? 0) - clear.low);
	});
});

describe("has no upper end", () => {
	test("where nothing broke", () => {
		expect(interval([passed(100), passed(200)]).high).toBeNull();
	});

	test("where the tester broke", () => {
		expect(interval([passed(100), { count: 200, outcome: "invalid" }]).high).toBeNull();
	});
});

test("is below the least where not even that holds", () => {
	expect(interval([failed(1), failed(1)])).toEqual({ low: 0, high: 0 });
});
