import fc from "fast-check";
import { expect, test } from "vitest";
import { TrendSeries } from "../../../src/trend/series.js";

test("a week of seconds stays 120 points at most, in order, and keeps the mean exactly", () => {
	const series = new TrendSeries();
	const seconds = 7 * 86_400;
	for (let second = 0; second < seconds; second += 7) series.add(second * 1_000, second, 1);
	const points = series.points();
	expect(points.length).toBeLessThanOrEqual(120);
	expect(points.length).toBeGreaterThanOrEqual(50);
	for (const [index, point] of points.entries()) {
		expect(point.atMs).toBeGreaterThan(points[index - 1]?.atMs ?? -1);
		// The value was the time: each bin stands where its readings were.
		expect(point.value).toBeCloseTo(point.atMs / 1_000, 6);
	}
});

test("whatever the weights, a constant stays the constant", () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 500 }))),
			(steps) => {
				const series = new TrendSeries();
				let atMs = 0;
				for (const [stepMs, weight] of steps) {
					atMs += stepMs;
					series.add(atMs, 3 * weight, weight);
				}
				for (const { value } of series.points()) expect(value).toBeCloseTo(3, 9);
			},
		),
	);
});

test("a restart forgets, and a reading without weight is none", () => {
	const series = new TrendSeries();
	series.add(1_000, 5, 1);
	series.restart();
	series.add(2_000, 9, 0);
	expect(series.span).toBeUndefined();
	series.add(60_000, 7, 1);
	expect(series.span).toEqual({ fromMs: 60_000, untilMs: 60_000 });
	expect(series.points()).toEqual([{ atMs: 60_000, value: 7 }]);
});
