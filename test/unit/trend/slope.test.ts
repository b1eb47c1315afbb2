import fc from "fast-check";
import { expect, test } from "vitest";
import { slopeOf, type TrendPoint } from "../../../src/trend/slope.js";
import { noise } from "./noise.js";

const everyMs = 10_000;

function points(values: readonly number[]): TrendPoint[] {
	return values.map((value, index) => ({ atMs: index * everyMs, value }));
}

test("a line without noise is found exactly, whatever its slope and level", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -1_000, max: 1_000 }),
			fc.integer({ min: -1_000_000, max: 1_000_000 }),
			fc.integer({ min: 20, max: 120 }),
			(perHour, level, count) => {
				const line = Array.from(
					{ length: count },
					(_, n) => level + (perHour * n * everyMs) / 3.6e6,
				);
				const slope = slopeOf(points(line));
				expect(slope?.perHour).toBeCloseTo(perHour, 3);
				expect(slope?.interval[0]).toBeCloseTo(perHour, 3);
				expect(slope?.interval[1]).toBeCloseTo(perHour, 3);
			},
		),
	);
});

test("a mirrored series has the mirrored slope and interval", () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 20, maxLength: 60 }),
			(values) => {
				const up = slopeOf(points(values));
				const down = slopeOf(points(values.map((value) => -value)));
				expect(down?.perHour).toBeCloseTo(-(up?.perHour ?? Number.NaN), 6);
				expect(down?.interval[0]).toBeCloseTo(-(up?.interval[1] ?? Number.NaN), 6);
				expect(down?.interval[1]).toBeCloseTo(-(up?.interval[0] ?? Number.NaN), 6);
			},
		),
	);
});

/** A share of the seeds at which the interval leaves the planted slope out. */
function missed(plantedPerHour: number, stickiness: number): number {
	const seeds = 300;
	let misses = 0;
	for (let seed = 1; seed <= seeds; seed++) {
		const values = noise(60, seed, stickiness).map(
			(value, n) => 1_000 + value + (plantedPerHour * n * everyMs) / 3.6e6,
		);
		const { interval } = slopeOf(points(values)) ?? { interval: [Number.NaN, Number.NaN] };
		if (!(interval[0] <= plantedPerHour && plantedPerHour <= interval[1])) misses++;
	}
	return misses / seeds;
}

test.each([
	["independent", 0],
	["sticky", 0.5],
	["very sticky", 0.8],
])(
	"flat %s noise is called a slope in at most 5 %% of 300 seeds, and a planted one is in the interval as often",
	(_, stickiness) => {
		expect(missed(0, stickiness)).toBeLessThanOrEqual(0.05);
		expect(missed(25, stickiness)).toBeLessThanOrEqual(0.05);
	},
);

test("the interval is no wider than it has to be: a slope of five times the noise is always seen", () => {
	for (let seed = 1; seed <= 100; seed++) {
		const values = noise(60, seed, 0.3).map((value, n) => value + (30 * n * everyMs) / 3.6e6);
		expect(slopeOf(points(values))?.interval[0]).toBeGreaterThan(0);
	}
});

test("a few wild readings do not bend it", () => {
	const values = noise(60, 7, 0).map((value, n) => value + (60 * n * everyMs) / 3.6e6);
	const spiked = values.map((value, n) => (n === 50 || n === 57 ? value + 1_000 : value));
	const [plain, bent] = [slopeOf(points(values)), slopeOf(points(spiked))];
	expect(Math.abs((bent?.perHour ?? 0) - (plain?.perHour ?? 0))).toBeLessThan(6);
});

test("too few points and points of one time have no slope", () => {
	expect(slopeOf(points(noise(19, 1, 0)))).toBeUndefined();
	expect(slopeOf(noise(30, 1, 0).map((value) => ({ atMs: 5, value })))).toBeUndefined();
});
