import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pairedRatios, spreadOf, turnsOf } from "../../../bench/statistics.js";

const readings = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });

describe("spread", () => {
	test.each([
		[[3], { min: 3, median: 3, max: 3 }],
		[[9, 1, 2], { min: 1, median: 2, max: 9 }],
		[[4, 1, 2, 10], { min: 1, median: 3, max: 10 }],
	])("of %j", (values, expected) => {
		expect(spreadOf(values)).toEqual(expected);
	});

	test("of nothing is nothing", () => {
		expect(spreadOf([])).toBeUndefined();
	});

	test("has as many readings below its median as above it, in any order", () => {
		fc.assert(
			fc.property(readings, (values) => {
				const spread = spreadOf(values);
				const median = spread?.median ?? Number.NaN;
				const below = values.filter((value) => value < median).length;
				const above = values.filter((value) => value > median).length;
				expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
				expect(spreadOf([...values].reverse())).toEqual(spread);
				expect(spread?.min).toBe(Math.min(...values));
				expect(spread?.max).toBe(Math.max(...values));
			}),
			{ examples: [[[0, -0]], [[-0, 0]]] },
		);
	});
});

describe("paired ratios", () => {
	test("are of the two halves of each pair", () => {
		expect(
			pairedRatios([
				[1, 2],
				[9, 3],
			]),
		).toEqual([0.5, 3]);
	});

	test("leave out pairs that have none", () => {
		expect(
			pairedRatios([
				[undefined, 2],
				[1, undefined],
				[1, 0],
				[0, 4],
			]),
		).toEqual([0]);
	});
});

test("turns: A B, B A, A B", () => {
	const turns = [0, 1, 2].map((pair) => turnsOf("A", "B", pair));
	expect(turns).toEqual([
		["A", "B"],
		["B", "A"],
		["A", "B"],
	]);
});
