import fc from "fast-check";
import { build, JsHistogram } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { bucketOf, Histogram, highestValue } from "../../../src/aggregate/histogram.js";

/** Small and large ones, and those at which a bucket begins or ends. */
const value = fc.oneof(
	fc.integer({ min: 0, max: 5000 }),
	fc.integer({ min: 0, max: highestValue }),
	fc
		.tuple(fc.integer({ min: 0, max: 43 }), fc.integer({ min: -1, max: 1 }))
		.map(([power, off]) => 2 ** power + off),
);
const values = fc.array(value, { maxLength: 60 });

function recorded(list: readonly number[]): Histogram {
	const histogram = new Histogram();
	for (const each of list) histogram.record(each);
	return histogram;
}

/** The reference: the library with the same precision. */
function library(list: readonly number[]): JsHistogram {
	const histogram = build({
		...{ bitBucketSize: 64, autoResize: false, numberOfSignificantValueDigits: 3 },
		...{ lowestDiscernibleValue: 1, highestTrackableValue: highestValue },
	});
	if (!(histogram instanceof JsHistogram)) throw new TypeError("expected a plain one");
	for (const each of list) histogram.recordValue(each);
	return histogram;
}

function buckets(histogram: Histogram): [number, number][] {
	const all: [number, number][] = [];
	histogram.eachBucket((bucket, count) => all.push([bucket, count]));
	return all;
}

describe("a histogram", () => {
	it("has the percentiles of hdr-histogram-js", () => {
		fc.assert(
			fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (list, p) => {
				expect(recorded(list).percentile(p)).toBe(library(list).getValueAtPercentile(p));
			}),
			{ numRuns: 150 },
		);
	});

	it("counts as hdr-histogram-js up to a value", () => {
		fc.assert(
			fc.property(values, value, (list, limit) => {
				const reference = library(list);
				let count = 0;
				for (let at = 0; at <= bucketOf(limit); at++) count += reference.getCountAtIndex(at);
				expect(recorded(list).countUpTo(limit)).toBe(count);
			}),
			{ numRuns: 100 },
		);
		expect(recorded([0, 5]).countUpTo(-1)).toBe(0);
		expect(recorded([0, highestValue]).countUpTo(2 * highestValue)).toBe(2);
	});

	it("is the same however it was put together", () => {
		fc.assert(
			fc.property(values, values, (a, b) => {
				const merged = recorded(a);
				merged.merge(recorded(b));
				expect(buckets(merged)).toEqual(buckets(recorded([...b, ...a])));
				expect([merged.total, merged.top]).toEqual([
					a.length + b.length,
					recorded([...b, ...a]).top,
				]);
			}),
		);
	});

	it("keeps nothing of another that it was merged with", () => {
		const [other, one] = [recorded([7]), new Histogram()];
		one.merge(other);
		one.record(7);
		expect(buckets(other)).toEqual([[7, 1]]);
	});

	it("is the same whether it was read before it was merged, or with itself", () => {
		const loose = () => {
			const histogram = new Histogram();
			for (const each of [3, 3, 900, 70_000]) histogram.addAt(bucketOf(each), 2);
			return histogram;
		};
		const [read, unread, own] = [loose(), loose(), loose()];
		expect(read.percentile(50)).toBe(3);
		const twice = [
			[3, 8],
			[900, 4],
			[bucketOf(70_000), 4],
		];
		for (const from of [read, unread]) {
			const into = loose();
			into.merge(from);
			expect(buckets(into)).toEqual(twice);
		}
		own.merge(own);
		expect(buckets(own)).toEqual(twice);
		expect(own.total).toBe(16);
	});

	it("reaches to the power of two above its largest value", () => {
		const tops = [[], [0], [4095], [4096], [1, 100_000], [highestValue]].map(
			(list) => recorded(list).top,
		);
		expect(tops).toEqual([4095, 4095, 4095, 8191, 131_071, highestValue]);
	});

	it("refuses buckets and counts that cannot be", () => {
		const histogram = new Histogram();
		for (const bucket of [-1, 35_840, Number.NaN])
			expect(() => histogram.addAt(bucket, 1)).toThrow(RangeError);
		for (const count of [-1, 2 ** 53, Number.NaN])
			expect(() => histogram.addAt(0, count)).toThrow(RangeError);
		expect(histogram.total).toBe(0);
	});
});
