import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { decode, encodeCompressed, encodePlain } from "../../../src/aggregate/hdr-form.js";
import { Histogram, highestValue } from "../../../src/aggregate/histogram.js";

const entries = fc.array(
	fc.tuple(
		fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: highestValue })),
		fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 ** 45 })),
	),
	{ maxLength: 60 },
);
type Entries = readonly (readonly [value: number, count: number])[];

function histogramOf(list: Entries): Histogram {
	const histogram = new Histogram();
	for (const [value, count] of list) {
		const one = new Histogram();
		one.record(value);
		one.eachBucket((bucket) => histogram.addAt(bucket, count));
	}
	return histogram;
}

/** As the library writes it, with the same reach. */
function libraryText(list: Entries): string {
	const histogram = build({
		...{ bitBucketSize: 64, autoResize: false, numberOfSignificantValueDigits: 3 },
		...{ lowestDiscernibleValue: 1, highestTrackableValue: histogramOf(list).top },
	});
	for (const [value, count] of list) histogram.recordValueWithCount(value, count);
	return encodeIntoCompressedBase64(histogram);
}

function buckets(histogram: Histogram): [number, number][] {
	const all: [number, number][] = [];
	histogram.eachBucket((bucket, count) => all.push([bucket, count]));
	return all;
}

describe("the form of a histogram", () => {
	it("is to the byte what hdr-histogram-js writes", () => {
		fc.assert(
			fc.property(entries, (list) => {
				expect(encodeCompressed(histogramOf(list))).toBe(libraryText(list));
			}),
			{ numRuns: 150 },
		);
	});

	it("reads what hdr-histogram-js has written", () => {
		fc.assert(
			fc.property(entries, (list) => {
				expect(buckets(decode(libraryText(list)))).toEqual(buckets(histogramOf(list)));
			}),
			{ numRuns: 100 },
		);
	});

	it("comes back from the way between processes as it was", () => {
		fc.assert(
			fc.property(entries, (list) => {
				const histogram = histogramOf(list);
				const back = decode(encodePlain(histogram));
				expect(buckets(back)).toEqual(buckets(histogram));
				expect(back.total).toBe(histogram.total);
				expect(encodeCompressed(back)).toBe(encodeCompressed(histogram));
			}),
		);
	});

	it("has room for more than it had the time before", () => {
		const many = histogramOf(Array.from({ length: 20_000 }, (_, at) => [at ** 2, 1e9]));
		expect(buckets(decode(encodePlain(many)))).toEqual(buckets(many));
		expect(decodeFromCompressedBase64(encodeCompressed(many), 64).totalCount).toBe(many.total);
	});

	it("refuses whatever is no histogram of ours, and never hangs on it", () => {
		const good = Buffer.from(encodePlain(histogramOf([[5, 1]])), "base64");
		const changed = (change: (bytes: Buffer) => void) => {
			const bytes = Buffer.from(good);
			change(bytes);
			return bytes.toString("base64");
		};
		expect(() => decode("")).toThrow(/not an HDR histogram/);
		expect(() => decode("hello, who is there?")).toThrow(/not an HDR histogram/);
		expect(() => decode(changed((bytes) => bytes.writeInt32BE(2, 12)))).toThrow(/precision/);
		expect(() => decode(changed((bytes) => bytes.writeInt32BE(2, 20)))).toThrow(/precision/);
		expect(() => decode(changed((bytes) => bytes.writeInt32BE(99, 4)))).toThrow(/torn/);
		expect(() => decode(changed((bytes) => bytes.writeInt32BE(-1, 4)))).toThrow(/torn/);
		expect(() => decode(changed((bytes) => bytes.fill(0xff, 40)))).toThrow(/torn/);
		const beyond = changed((bytes) => bytes.set([0xff, 0xff], 40));
		expect(() => decode(beyond)).toThrow(RangeError);
	});

	it("refuses what would fill the memory when it is inflated", () => {
		const head = Buffer.alloc(8);
		const packed = deflateSync(Buffer.alloc(10_000_000));
		head.writeInt32BE(0x1c849314, 0);
		head.writeInt32BE(packed.length, 4);
		const bomb = Buffer.concat([head, packed]).toString("base64");
		expect(() => decode(bomb)).toThrow(/cannot be inflated/);
	});

	it("takes any text without anything but a histogram or a RangeError", () => {
		const text = fc.uint8Array({ maxLength: 80 }).map((bytes) => {
			const good = Buffer.from(encodePlain(new Histogram()), "base64").subarray(0, 40);
			good.writeInt32BE(bytes.length, 4);
			return Buffer.concat([good, bytes]).toString("base64");
		});
		fc.assert(
			fc.property(text, (given) => {
				try {
					decode(given);
				} catch (error) {
					expect(error).toBeInstanceOf(RangeError);
				}
			}),
		);
	});
});
