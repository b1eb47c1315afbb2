import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "../../../src/plan/random.js";
import { drawStayMs } from "../../../src/plan/stay.js";
import type { Stay } from "../../../src/scenario/scenario.js";
import { arbitraryStay } from "./arbitrary-scenario.js";

const draws = (stay: Stay, count: number) => {
	const random = randomStream(7, 1);
	return Array.from({ length: count }, () => drawStayMs(stay, random)).toSorted((a, b) => a - b);
};
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test("no stay is shorter than a second", () => {
	fc.assert(
		fc.property(arbitraryStay, fc.maxSafeNat(), (stay, seed) => {
			const random = randomStream(seed, 1);
			for (let i = 0; i < 20; i++) expect(drawStayMs(stay, random)).toBeGreaterThanOrEqual(1000);
		}),
	);
});

test("uniform: both bounds occur, nothing beyond", () => {
	const values = draws({ kind: "uniform", leastMs: 1000, mostMs: 1009 }, 1000);
	expect(new Set(values)).toEqual(new Set(Array.from({ length: 10 }, (_, i) => 1000 + i)));
});

// The seed is fixed, so these are exact facts; the margins are four standard errors of 20,000 draws.
test("exponential: the mean is the stated one, and the rest beyond 1 s is exponential", () => {
	const values = draws({ kind: "exponential", meanMs: 11_000 }, 20_000);
	expect(Math.abs(mean(values) - 11_000)).toBeLessThan(4 * (10_000 / Math.sqrt(20_000)));
	const median = values[10_000] ?? 0;
	expect(Math.abs(median - 1000 - 10_000 * Math.LN2)).toBeLessThan(
		4 * (10_000 / Math.sqrt(20_000)),
	);
});

test("lognormal: the median is the stated one, and sigma spreads the logarithm", () => {
	const values = draws({ kind: "lognormal", medianMs: 11_000, sigma: 0.5 }, 20_000);
	const logs = values.map((ms) => Math.log((ms - 1000) / 10_000));
	expect(Math.abs(mean(logs))).toBeLessThan((4 * 0.5) / Math.sqrt(20_000));
	const deviation = Math.sqrt(mean(logs.map((log) => log * log)));
	expect(Math.abs(deviation - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(40_000));
});
