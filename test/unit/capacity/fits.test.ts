import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costOf } from "../../../src/capacity/cost.js";
import { extrapolate } from "../../../src/capacity/extrapolate.js";
import { findKnee } from "../../../src/capacity/knee.js";
import { fitLine } from "../../../src/capacity/regression.js";

const counts = [10, 20, 40, 60, 80, 100, 120];
/** The same disturbance each time, of mean 0 and no trend. */
const noise = [1, -1, -1, 1, 1, -1, 0];
const points = (figure: (x: number) => number, by = 0) =>
	counts.map((x, i) => ({ x, y: figure(x) + by * (noise[i] ?? 0) }));

describe("a straight line", () => {
	test("is found again, whatever it is", () => {
		const lines = fc.record({
			slope: fc.double({ min: -50, max: 50, noNaN: true }),
			intercept: fc.double({ min: -500, max: 500, noNaN: true }),
		});
		fc.assert(
			fc.property(lines, ({ slope, intercept }) => {
				const fit = fitLine(points((x) => intercept + slope * x));
				expect(fit?.slope).toBeCloseTo(slope, 5);
				expect(fit?.intercept).toBeCloseTo(intercept, 3);
			}),
		);
	});

	test("has the interval that a textbook gives", () => {
		// By hand: residuals -0.1 0 0.1 0.2 -0.2, so the error is sqrt(0.1 / 3 / 10); t(0.975, 3) = 3.1824.
		const fit = fitLine([
			{ x: 1, y: 2 },
			{ x: 2, y: 4 },
			{ x: 3, y: 6 },
			{ x: 4, y: 8 },
			{ x: 5, y: 9.5 },
		]);
		expect(fit?.slope).toBeCloseTo(1.9, 6);
		expect(fit?.slopeLow).toBeCloseTo(1.9 - 3.1824 * 0.057735, 3);
		expect(fit?.slopeHigh).toBeCloseTo(1.9 + 3.1824 * 0.057735, 3);
	});

	test("needs three different numbers", () => {
		expect(
			fitLine([
				{ x: 1, y: 1 },
				{ x: 1, y: 2 },
				{ x: 2, y: 2 },
			]),
		).toBeUndefined();
	});
});

describe("the knee", () => {
	test("is where the figure begins to rise faster", () => {
		const knee = findKnee(points((x) => 50 + 0.1 * x + 8 * Math.max(0, x - 80), 1));
		expect(knee?.at).toBe(80);
		expect(knee?.before).toBeCloseTo(0.1, 0);
		expect(knee?.after).toBeCloseTo(8.1, 0);
	});

	test.each([
		["a straight line", (x: number) => 3 * x, 0],
		["a straight line with noise", (x: number) => 3 * x, 4],
		["a figure that levels off", (x: number) => Math.min(x, 60), 0.1],
		["a figure that does not move", () => 0, 0],
	])("is not seen in %s", (_, figure, by) => {
		expect(findKnee(points(figure, by))).toBeUndefined();
	});

	test("is not guessed from four numbers", () => {
		expect(findKnee(points((x) => 8 * Math.max(0, x - 40)).slice(0, 4))).toBeUndefined();
	});
});

describe("the cost of one more", () => {
	test("is the slope where the figure grows in proportion", () => {
		const cost = costOf(
			points((x) => 0.2 + 0.01 * x, 0.001),
			100,
			"linear",
		);
		expect(cost?.model).toBe("linear");
		expect(cost?.value).toBeCloseTo(0.01, 3);
		expect(cost?.low).toBeLessThan(0.01);
		expect(cost?.high).toBeGreaterThan(0.01);
	});

	test("is that at the limit where everybody sends to everybody", () => {
		const cost = costOf(
			points((x) => 5 + 2 * x * x),
			100,
			"linear",
		);
		expect(cost?.model).toBe("quadratic");
		expect(cost?.value).toBeCloseTo(400, 6);
	});
});

describe("runs too close together to tell a line from a square", () => {
	const close = [
		{ x: 20, y: 0.07 },
		{ x: 22, y: 0.09 },
		{ x: 23, y: 0.07 },
	];
	test.each(["linear", "quadratic"] as const)(
		"are taken as the %s that the scenario makes",
		(expected) => {
			expect(costOf(close, 23, expected)?.model).toBe(expected);
		},
	);

	test("but not against what they clearly say", () => {
		expect(
			costOf(
				points((x) => 0.01 * x, 0.001),
				100,
				"quadratic",
			)?.model,
		).toBe("linear");
	});
});

describe("a machine of another size", () => {
	const facts = { participants: 100, interval: { low: 95, high: 110 }, cpuCores: 2, cores: 2 };
	const linear = costOf(
		points((x) => 0.02 * x, 0.001),
		100,
		"linear",
	);
	const quadratic = costOf(
		points((x) => 0.0002 * x * x),
		100,
		"linear",
	);

	test("of eight times the cores holds eight times as many where cost is in proportion", () => {
		if (linear === undefined) throw new Error("no fit");
		const guess = extrapolate({ ...facts, wantedCores: 16, cost: linear });
		expect(guess?.extrapolated).toBe(true);
		expect(guess?.participants).toBeGreaterThan(790);
		expect(guess?.participants).toBeLessThan(810);
		expect(guess?.interval.low).toBeLessThan(guess?.participants ?? 0);
		expect(guess?.interval.high).toBeGreaterThan(guess?.participants ?? 0);
	});

	test("of four times the cores holds twice as many where cost is quadratic", () => {
		if (quadratic === undefined) throw new Error("no fit");
		const guess = extrapolate({ ...facts, wantedCores: 8, cost: quadratic });
		expect(guess?.participants).toBeGreaterThanOrEqual(199);
		expect(guess?.participants).toBeLessThanOrEqual(201);
	});

	test("has no number where CPU does not rise with participants", () => {
		const flat = costOf(
			points((x) => 3 - 0.01 * x),
			100,
			"linear",
		);
		if (flat === undefined) throw new Error("no fit");
		expect(extrapolate({ ...facts, wantedCores: 16, cost: flat })).toBeUndefined();
	});
});
