import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateMos, mosFromR, mosModel, oneWayDelayMs } from "../../../src/aggregate/mos.js";

describe("MOS from R", () => {
	// ITU-T G.107 (and G.109): the R values that bound the categories of satisfaction.
	it.each([
		[93.2, 4.41],
		[90, 4.34],
		[80, 4.03],
		[70, 3.6],
		[60, 3.1],
		[50, 2.58],
		[0, 1],
		[-10, 1],
		[100, 4.5],
		[120, 4.5],
	])("is for R %f the published %f", (r, mos) => {
		// The published table rounds 4.024 up to 4.03.
		expect(Math.abs(mosFromR(r) - mos)).toBeLessThan(0.0065);
	});

	it("never leaves 1 to 4.5", () => {
		fc.assert(
			fc.property(fc.double({ min: -50, max: 150, noNaN: true }), (r) => {
				expect(mosFromR(r)).toBeGreaterThanOrEqual(1);
				expect(mosFromR(r)).toBeLessThanOrEqual(4.5);
			}),
		);
	});
});

describe("the E-model", () => {
	it("has 93.2 without delay and loss", () => {
		expect(estimateMos({ oneWayDelayMs: 0, lossRatio: 0 }).r).toBe(93.2);
	});

	it("takes off 0.024 a millisecond, and 0.11 more beyond 177.3 ms", () => {
		expect(estimateMos({ oneWayDelayMs: 100, lossRatio: 0 }).r).toBeCloseTo(93.2 - 2.4, 9);
		expect(estimateMos({ oneWayDelayMs: 277.3, lossRatio: 0 }).r).toBeCloseTo(
			93.2 - 0.024 * 277.3 - 11,
			9,
		);
	});

	it("takes loss in percent against the codec's robustness", () => {
		// Ppl = Bpl: half of 95.
		expect(estimateMos({ oneWayDelayMs: 0, lossRatio: 0.25 }).r).toBeCloseTo(93.2 - 47.5, 9);
		expect(estimateMos({ oneWayDelayMs: 0, lossRatio: 0.01 }).r).toBeCloseTo(93.2 - 95 / 26, 9);
	});

	it("takes the constants of another codec (G.729A in G.113: Ie 11, Bpl 19)", () => {
		const { r } = estimateMos({ oneWayDelayMs: 0, lossRatio: 0.05, ie: 11, bpl: 19 });
		expect(r).toBeCloseTo(93.2 - (11 + (84 * 5) / 24), 9);
	});

	it("counts a negative loss as none", () => {
		expect(estimateMos({ oneWayDelayMs: 20, lossRatio: -0.1 })).toEqual(
			estimateMos({ oneWayDelayMs: 20, lossRatio: 0 }),
		);
	});

	it("never gets better with more delay, loss or bursts", () => {
		const delay = fc.double({ min: 0, max: 2000, noNaN: true });
		const loss = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(delay, loss, delay, loss, (d, p, moreD, moreP) => {
				const { mos } = estimateMos({ oneWayDelayMs: d, lossRatio: p });
				const worse = { oneWayDelayMs: d + moreD, lossRatio: Math.min(p + moreP, 1) };
				// R below 6.5 is where the published polynomial itself is not monotonic.
				expect(estimateMos(worse).mos).toBeLessThanOrEqual(mos + 0.02);
				expect(estimateMos({ ...worse, burstRatio: 2 }).r).toBeLessThanOrEqual(
					estimateMos(worse).r,
				);
			}),
		);
	});
});

describe("the delay put into the model", () => {
	it("is half the round trip, the jitter buffer, one frame and the look-ahead", () => {
		expect(oneWayDelayMs({ rttMs: 40, jitterBufferMs: 60, jitterMs: 9 })).toBe(106.5);
		expect(mosModel.packetizationMs + mosModel.lookaheadMs).toBe(26.5);
	});

	it("takes twice the jitter for a buffer that nobody sees, and nothing for an unknown round trip", () => {
		expect(oneWayDelayMs({ jitterMs: 5 })).toBe(36.5);
	});
});
