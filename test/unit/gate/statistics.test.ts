import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	independentDifference,
	pairedDifference,
} from "../../../src/gate/statistics/difference.js";
import { holm } from "../../../src/gate/statistics/holm.js";
import { looksOf } from "../../../src/gate/statistics/looks.js";
import { mostPairs, pairsNeeded } from "../../../src/gate/statistics/pairs-needed.js";
import { studentT, twoSidedP } from "../../../src/gate/statistics/student.js";

const reading = fc.double({ min: -1e3, max: 1e3, noNaN: true });

test("Student's t agrees with the printed tables", () => {
	expect(studentT(0.975, 3)).toBeCloseTo(3.1824, 4);
	expect(studentT(0.995, 7)).toBeCloseTo(3.4995, 4);
	expect(twoSidedP(2.2622, 9)).toBeCloseTo(0.05, 4);
});

describe("a paired difference", () => {
	// Student 1908, "The Probable Error of a Mean": ten patients, two soporifics.
	const a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
	const b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

	test("of Student's own sleep figures is 1.58 with t = 4.06", () => {
		const pairs = a.map((baseline, i) => ({ baseline, candidate: b[i] ?? Number.NaN }));
		const found = pairedDifference(pairs, 0);
		expect(found?.effect).toBeCloseTo(1.58, 10);
		expect((found?.effect ?? 0) / (found?.standardError ?? 1)).toBeCloseTo(4.0621, 4);
		expect(found?.degreesOfFreedom).toBe(9);
	});

	test("of the same figures unpaired is Welch's: t = 1.8608, 17.776 degrees of freedom", () => {
		const found = independentDifference(a, b, 0);
		expect((found?.effect ?? 0) / (found?.standardError ?? 1)).toBeCloseTo(1.8608, 4);
		expect(found?.degreesOfFreedom).toBeCloseTo(17.776, 3);
	});

	test("changes its sign alone when the sides change places", () => {
		const pair = fc.record({ baseline: reading, candidate: reading });
		fc.assert(
			fc.property(fc.array(pair, { minLength: 2 }), (pairs) => {
				const turned = pairs.map((one) => ({ baseline: one.candidate, candidate: one.baseline }));
				const [there, back] = [pairedDifference(pairs, 0), pairedDifference(turned, 0)];
				expect(back?.effect).toBeCloseTo(-(there?.effect ?? Number.NaN), 8);
				expect(back?.standardError).toBeCloseTo(there?.standardError ?? Number.NaN, 8);
			}),
		);
	});

	test("of equal readings keeps the smallest deviation, and one pair is none", () => {
		const pair = { baseline: 1, candidate: 1 };
		expect(pairedDifference([pair, pair, pair, pair], 0.5)).toMatchObject({
			...{ effect: 0, deviation: 0.5, standardError: 0.25 },
		});
		expect(pairedDifference([pair], 0.5)).toBeUndefined();
	});
});

describe("Holm", () => {
	test("goes on while each of the rest is small enough for those that are left", () => {
		expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
	});

	test("lets nothing fall that would not by itself, and all that Bonferroni lets fall", () => {
		const p = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(fc.array(p, { minLength: 1 }), (pValues) => {
				for (const [i, falls] of holm(pValues, 0.05).entries()) {
					const own = pValues[i] ?? 1;
					if (falls) expect(own).toBeLessThanOrEqual(0.05);
					else expect(own).toBeGreaterThan(0.05 / pValues.length);
				}
			}),
		);
	});
});

test("looks grow to the last one and spend all of alpha, no more", () => {
	fc.assert(
		fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(60), (minPairs, more) => {
			const looks = looksOf(minPairs, minPairs + more, 0.05);
			expect(looks[0]?.pairs).toBe(minPairs);
			expect(looks.at(-1)?.pairs).toBe(minPairs + more);
			const sizes = looks.map(({ pairs }) => pairs);
			expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
			expect(looks.reduce((sum, { level }) => sum + level, 0)).toBeCloseTo(0.05, 10);
		}),
	);
});

describe("the pairs that are needed", () => {
	const order = {
		effect: 0,
		deviation: 10,
		margin: 10,
		level: 0.05,
		differenceLevel: 0.05,
		power: 0.9,
	};

	test("are about the textbook's (z + z)² of the spread by the distance, and a few for t", () => {
		// (1.645 + 1.645)² · (10/10)² = 10.8 for equivalence with power 0.9.
		expect(pairsNeeded(order)).toBeGreaterThanOrEqual(11);
		expect(pairsNeeded(order)).toBeLessThanOrEqual(13);
	});

	test("grow with the spread and with the power", () => {
		expect(pairsNeeded({ ...order, deviation: 20 })).toBeGreaterThan(pairsNeeded(order));
		expect(pairsNeeded({ ...order, power: 0.99 })).toBeGreaterThan(pairsNeeded(order));
	});

	test("have no number just at the margin from within", () => {
		expect(pairsNeeded({ ...order, effect: 9.999 })).toBe(mostPairs);
	});
});
