import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growthOf, slopeOf } from "../../../../bench/churn/slope.js";
import { randomStream } from "../../../../src/plan/random.js";

const hourMs = 3_600_000;
const startMs = 1_700_000_000_000;

/** Readings every 5 s over so many minutes. */
function series(minutes: number, valueAt: (hours: number, n: number) => number) {
	return Array.from({ length: minutes * 12 + 1 }, (_, n) => ({
		atMs: startMs + n * 5_000,
		value: valueAt((n * 5_000) / hourMs, n),
	}));
}

describe("slopeOf", () => {
	test("finds a straight line's slope, with next to no interval", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 5, max: 120 }),
				fc.integer({ min: -1000, max: 1000 }),
				fc.integer({ min: -1000, max: 1000 }),
				(minutes, perHour, level) => {
					const slope = slopeOf(series(minutes, (hours) => level + perHour * hours));
					for (const figure of [slope?.perHour, slope?.low, slope?.high])
						expect(figure).toBeCloseTo(perHour, 3);
				},
			),
		);
	});

	test("its interval holds the truth in about 95 of 100 series of noise", () => {
		const random = randomStream(7, 1);
		let held = 0;
		for (let n = 0; n < 400; n++) {
			const slope = slopeOf(series(10, (hours) => 30 * hours + 10 * (random.next() - 0.5)));
			if (slope && slope.low <= 30 && slope.high >= 30) held++;
		}
		expect(held / 400).toBeGreaterThan(0.91);
		expect(held / 400).toBeLessThan(0.985);
	});

	test("neither the order of the readings nor their level matters", () => {
		const readings = series(20, (hours, n) => 5 * hours + (n % 7));
		const raised = readings.toReversed().map(({ atMs, value }) => ({ atMs, value: value + 1e6 }));
		const [slope, other] = [slopeOf(readings), slopeOf(raised)];
		expect(other?.perHour).toBeCloseTo(slope?.perHour ?? Number.NaN, 6);
		expect(other?.low).toBeCloseTo(slope?.low ?? Number.NaN, 6);
	});

	test("readings that do not cover the time say nothing", () => {
		const all = series(10, () => 1);
		const middle = startMs + 5 * 60_000;
		const gap = all.filter(({ atMs }) => Math.abs(atMs - middle) > 60_000);
		for (const readings of [[], all.slice(0, 1), gap]) expect(slopeOf(readings)).toBeUndefined();
	});
});

test.each([
	["grows, when the whole interval lies above the tolerance", [11, 30], "grows"],
	["level, when none of it does", [-30, 10], "level"],
	["unclear, when it reaches over it", [-30, 11], "unclear"],
	["level, when it shrinks", [-30, -20], "level"],
] as const)("%s", (_, [low, high], growth) => {
	expect(growthOf({ perHour: (low + high) / 2, low, high }, 10)).toBe(growth);
	expect(growthOf(undefined, 10)).toBe("unclear");
});
