import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barScale } from "../../../src/report/html/bar-scale.js";
import { niceTicks } from "../../../src/report/html/nice-ticks.js";

describe("niceTicks", () => {
	test.each([
		[10, 4, [0, 5, 10]],
		[640, 4, [0, 200, 400, 600]],
		[3, 3, [0, 1, 2, 3]],
		[0, 4, [0]],
	])("up to %d, about %d", (max, wanted, ticks) => {
		expect(niceTicks(max, wanted)).toEqual(ticks);
	});

	test("rise from 0, stay within the maximum, and are never more than wanted and zero", () => {
		fc.assert(
			fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), fc.nat(9), (max, n) => {
				const ticks = niceTicks(max, n + 1);
				expect(ticks[0]).toBe(0);
				expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
				expect(ticks.at(-1)).toBeLessThanOrEqual(max * (1 + 1e-9));
				expect(ticks.length).toBeLessThanOrEqual(n + 2);
			}),
		);
	});
});

describe("barScale", () => {
	const bars = (...edges: number[]) =>
		edges.slice(1).map((toMs, index) => ({ fromMs: edges[index] ?? 0, toMs, count: 1 }));

	test("is linear for bars of like width", () => {
		expect([100, 150, 250, 300].map(barScale(bars(100, 200, 300)))).toEqual([0, 25, 75, 100]);
	});

	test("gives wide and narrow bars the same room where they are very unlike", () => {
		expect([10, 20, 520, 1_020].map(barScale(bars(10, 20, 1_020)))).toEqual([0, 50, 75, 100]);
	});

	test("holds what lies outside at the end", () => {
		expect([0, 900].map(barScale(bars(100, 200)))).toEqual([0, 100]);
	});

	test("keeps the order of times and stays within 0 to 100", () => {
		const edges = fc.uniqueArray(fc.nat(100_000), { minLength: 2, maxLength: 30 });
		fc.assert(
			fc.property(edges, fc.nat(100_000), fc.nat(100_000), (some, a, b) => {
				const at = barScale(bars(...some.sort((x, y) => x - y)));
				expect(at(Math.min(a, b))).toBeLessThanOrEqual(at(Math.max(a, b)));
				expect(at(a)).toBeGreaterThanOrEqual(0);
				expect(at(a)).toBeLessThanOrEqual(100);
			}),
		);
	});
});
