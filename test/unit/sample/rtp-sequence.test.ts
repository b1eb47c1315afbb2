import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RtpSequence } from "../../../src/sample/rtp-sequence.js";

function received(sequences: readonly number[]): RtpSequence {
	const stream = new RtpSequence();
	for (const sequence of sequences) stream.receive(sequence & 0xffff);
	return stream;
}

/** What an ideal network did to packets start, start + 1, …: some dropped, doubled, swapped. */
const arrivals = fc
	.tuple(
		fc.integer({ min: 0, max: 0xffff }),
		fc.array(
			fc.record({
				copies: fc.constantFrom(0, 1, 1, 1, 1, 2),
				delayedBy: fc.constantFrom(0, 0, 0, 3, 40),
			}),
			{ minLength: 1, maxLength: 400 },
		),
	)
	.map(([start, fates]) =>
		[{ copies: 1, delayedBy: 0 }, ...fates]
			.flatMap(({ copies, delayedBy }, index) =>
				Array.from({ length: copies }, () => ({
					extended: start + index,
					arrival: index + delayedBy,
				})),
			)
			.sort((a, b) => a.arrival - b.arrival)
			.map(({ extended }) => extended),
	);

describe("a sequence counter", () => {
	it("agrees with the extended numbers themselves, across wraps, losses, copies and swaps", () => {
		fc.assert(
			fc.property(arrivals, (extended) => {
				const stream = received(extended);
				const expected = Math.max(...extended) - Math.min(...extended) + 1;
				expect(stream.packetsExpected).toBe(expected);
				expect(stream.packetsReceived).toBe(extended.length);
				expect(stream.packetsLost).toBe(expected - extended.length);
			}),
		);
	});

	it("follows a stream around the 16 bits more than once", () => {
		const all = Array.from({ length: 200_000 }, (_, index) => 65_000 + index);
		const stream = received(all.filter((number) => number % 1000 !== 500));
		expect(stream.packetsExpected).toBe(200_000);
		expect(stream.packetsLost).toBe(200);
	});

	it("does not call a late packet lost", () => {
		const stream = received([65_534, 65_535, 65_537]);
		expect(stream.packetsLost).toBe(1);
		stream.receive(65_536 & 0xffff);
		expect(stream.packetsLost).toBe(0);
	});

	it("goes below zero with duplicates, as RFC 3550 has it", () => {
		expect(received([7, 8, 8, 8]).packetsLost).toBe(-2);
	});

	it("ignores one stray packet, and takes two in sequence as a restart without loss", () => {
		const stream = received([100, 101]);
		expect(stream.receive(40_000)).toBe("ignored");
		expect(stream.receive(102)).toBe("counted");
		expect(stream.packetsLost).toBe(0);
		expect(stream.receive(50_000)).toBe("ignored");
		expect(stream.receive(50_001)).toBe("restarted");
		expect(stream.packetsReceived).toBe(4);
		expect(stream.packetsLost).toBe(0);
		stream.receive(50_003);
		expect(stream.packetsReceived).toBe(5);
		expect(stream.packetsLost).toBe(1);
	});

	it("is zero before the first packet", () => {
		const stream = new RtpSequence();
		expect([stream.packetsExpected, stream.packetsReceived, stream.packetsLost]).toEqual([0, 0, 0]);
	});
});
