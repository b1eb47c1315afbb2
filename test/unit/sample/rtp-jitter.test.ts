import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RtpJitter } from "../../../src/sample/rtp-jitter.js";

const clockRateHz = 48_000;

interface Packet {
	/** Never wraps. */
	readonly timestamp: number;
	readonly arrivalMs: number;
}

/** RFC 3550 A.8 as printed, with unbounded timestamps and in timestamp units. */
function naive(packets: readonly Packet[]): number {
	let transit: number | undefined;
	let jitter = 0;
	for (const { timestamp, arrivalMs } of packets) {
		const now = (arrivalMs * clockRateHz) / 1000 - timestamp;
		if (transit !== undefined) jitter += (1 / 16) * (Math.abs(now - transit) - jitter);
		transit = now;
	}
	return (jitter * 1000) / clockRateHz;
}

function estimated(packets: readonly Packet[]): number {
	const jitter = new RtpJitter(clockRateHz);
	for (const { timestamp, arrivalMs } of packets) jitter.receive(timestamp % 2 ** 32, arrivalMs);
	return jitter.jitterMs;
}

describe("the jitter estimator", () => {
	it("agrees with the RFC's algorithm on timestamps that never wrap, in any order of arrival", () => {
		const packets = fc
			.tuple(
				fc.constantFrom(0, 2 ** 31 - 5000, 2 ** 32 - 5000),
				fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 200 }),
			)
			.map(([start, delays]) =>
				delays
					.map((delayMs, index) => ({
						timestamp: start + index * 960,
						arrivalMs: index * 20 + delayMs,
					}))
					.sort((a, b) => a.arrivalMs - b.arrivalMs),
			);
		fc.assert(
			fc.property(packets, (list) => {
				expect(estimated(list)).toBeCloseTo(naive(list), 6);
			}),
		);
	});

	it("is zero for a steady stream, whatever its constant delay", () => {
		const steady = [0, 1, 2, 3].map((n) => ({ timestamp: n * 960, arrivalMs: 5000 + n * 20 }));
		expect(estimated(steady)).toBe(0);
	});

	it("moves a sixteenth of the way to each difference", () => {
		expect(
			estimated([
				{ timestamp: 0, arrivalMs: 0 },
				{ timestamp: 960, arrivalMs: 36 },
			]),
		).toBe(1);
	});

	it("takes a silence (DTX) as no jitter when the timestamps tell of it", () => {
		expect(
			estimated([
				{ timestamp: 0, arrivalMs: 0 },
				{ timestamp: 48_000, arrivalMs: 1000 },
			]),
		).toBe(0);
	});

	it("does not compare timestamps across a restart, and keeps its estimate", () => {
		const jitter = new RtpJitter(clockRateHz);
		jitter.receive(0, 0);
		jitter.receive(960, 36);
		jitter.restart();
		jitter.receive(3_000_000_000, 40);
		expect(jitter.jitterMs).toBe(1);
	});
});
