import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Distribution } from "../../../src/aggregate/distribution.js";

function recorded(values: readonly number[]): Distribution {
	const distribution = new Distribution("rtp.jitter");
	for (const value of values) distribution.record(value);
	return distribution;
}

/** Nearest rank on the raw list: the naive model. */
function nearestRank(values: readonly number[], p: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(Math.ceil((p / 100) * sorted.length), 1) - 1] ?? Number.NaN;
}

describe("a distribution of readings", () => {
	it("has percentiles within 0.1 % of the sorted list", () => {
		const values = fc.array(fc.integer({ min: 0, max: 200_000_000 }), {
			minLength: 1,
			maxLength: 300,
		});
		fc.assert(
			fc.property(values, fc.constantFrom(1, 50, 90, 95, 99), (micros, p) => {
				const list = micros.map((micro) => micro / 1000);
				const exact = nearestRank(list, p);
				const found = recorded(list).percentile(p);
				expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.001 + 1e-9);
			}),
		);
	});

	it("has exact extremes and mean", () => {
		const distribution = recorded([100.001, 0, 99_999.999]);
		expect(distribution.min).toBe(0);
		expect(distribution.max).toBe(99_999.999);
		expect(distribution.percentile(100)).toBe(99_999.999);
		expect(distribution.mean).toBe(33_366.666_666_666_664);
		expect(distribution.count).toBe(3);
	});

	it("keeps every percentile between the extremes", () => {
		const single = recorded([1234.567]);
		for (const p of [0, 1, 50, 99.9, 100]) expect(single.percentile(p)).toBe(1234.567);
	});

	it("counts zeros as readings", () => {
		const zeros = recorded([0, 0, 0, 8]);
		expect(zeros.percentile(50)).toBe(0);
		expect(zeros.count).toBe(4);
	});

	it("encodes the same whichever reading came first, also across the range it must grow to", () => {
		const shuffled = fc
			.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 })
			.chain((list) =>
				fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
			);
		fc.assert(
			fc.property(shuffled, ([list, other]) => {
				expect(recorded(other).snapshot()).toEqual(recorded(list).snapshot());
			}),
			{ numRuns: 60 },
		);
	});

	it("takes readings beyond any histogram, with the exact maximum", () => {
		const distribution = recorded([1, 1e12]);
		expect(distribution.max).toBe(1e12);
		expect(distribution.count).toBe(2);
	});

	it("adds counts beyond 32 bits without wrapping", () => {
		let snapshot = recorded([5]).snapshot();
		for (let doubling = 0; doubling < 33; doubling++) {
			const twice = new Distribution("rtp.jitter");
			twice.merge(snapshot);
			twice.merge(snapshot);
			snapshot = twice.snapshot();
		}
		const total = new Distribution("rtp.jitter");
		total.merge(snapshot);
		expect(total.count).toBe(2 ** 33);
		expect(total.mean).toBe(5);
		expect(total.percentile(50)).toBe(5);
	});

	it("refuses what is not a reading", () => {
		for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
			expect(() => recorded([bad])).toThrow(/rtp\.jitter/);
		}
		expect(() => recorded([1]).percentile(101)).toThrow(RangeError);
	});

	it("counts readings at or below a limit", () => {
		const distribution = recorded([0, 1, 10, 10, 100, 5000]);
		const limits = [-1, 0, 1, 9, 10, 99, 100, 1e6];
		expect(limits.map((limit) => distribution.countAtOrBelow(limit))).toEqual([
			0, 1, 2, 2, 4, 4, 5, 6,
		]);
	});
});

describe("a distribution of ratios", () => {
	it("weighs windows by their size in the mean and not in the percentiles", () => {
		const loss = new Distribution("rtp.loss");
		loss.recordRatio(1, 2);
		loss.recordRatio(0, 998);
		expect(loss.mean).toBe(0.001);
		expect(loss.percentile(99)).toBe(0.5);
		expect(loss.count).toBe(2);
	});

	it("lets a negative window take back what an earlier one counted", () => {
		const loss = new Distribution("rtp.loss");
		loss.recordRatio(5, 50);
		loss.recordRatio(-5, 45);
		expect(loss.mean).toBe(0);
		expect(loss.sum).toBe(0);
		expect(loss.max).toBe(0.1);
		expect(loss.min).toBeCloseTo(-5 / 45, 6);
		expect(loss.percentile(50)).toBe(0);
	});

	it("adds a window without denominator to the sums alone", () => {
		const loss = new Distribution("rtp.loss");
		loss.recordRatio(-1, 0);
		loss.recordRatio(2, 100);
		expect(loss.count).toBe(1);
		expect(loss.sum).toBe(1);
		expect(loss.denominator).toBe(100);
	});

	it("has the whole as its largest value", () => {
		const silence = new Distribution("audio.silence");
		silence.recordRatio(1000, 1000);
		expect(silence.max).toBe(1);
		expect(silence.percentile(95)).toBe(1);
	});
});
