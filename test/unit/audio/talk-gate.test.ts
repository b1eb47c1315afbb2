import fc from "fast-check";
import { expect, test } from "vitest";
import type { PcmSource } from "../../../src/audio/pcm-source.js";
import { talkGate } from "../../../src/audio/talk-gate.js";

/** A constant is the worst case for clicks: every change of gain shows. */
const steady: PcmSource = {
	name: "steady",
	sampleRateHz: 48_000,
	longestPauseMs: 0,
	read: (_start, out) => {
		out.fill(10_000);
	},
};

function read(source: PcmSource, startMs: number, lengthMs: number): Int16Array {
	const out = new Int16Array(lengthMs * 48);
	source.read(startMs * 48, out);
	return out;
}

test("sound while speaking, zeros otherwise", () => {
	const gated = talkGate(steady, (atMs) => atMs >= 100 && atMs < 200);
	expect(read(gated, 0, 100).every((sample) => sample === 0)).toBe(true);
	expect(read(gated, 105, 95).every((sample) => sample === 10_000)).toBe(true);
	expect(read(gated, 205, 100).every((sample) => sample === 0)).toBe(true);
});

test("each change is a ramp of 5 ms", () => {
	const gated = talkGate(steady, (atMs) => atMs >= 100 && atMs < 200);
	const rise = read(gated, 100, 5);
	const fall = read(gated, 200, 5);
	expect(rise[0]).toBe(0);
	expect(rise[120]).toBe(5_000);
	expect(fall[0]).toBe(10_000);
	expect(fall[120]).toBe(5_000);
});

test("whatever the schedule, no step is a click and pieces give the whole", () => {
	fc.assert(
		fc.property(
			fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
			fc.nat(2_000),
			fc.nat(960),
			(turns, start, length) => {
				const gated = talkGate(steady, (atMs) => turns[Math.floor(atMs / 5) % 20] ?? false);
				const whole = new Int16Array(length + 960);
				gated.read(start, whole);
				const steps = whole.subarray(1).map((sample, n) => Math.abs(sample - (whole[n] ?? 0)));
				expect(Math.max(...steps)).toBeLessThanOrEqual(42);
				const piece = new Int16Array(960);
				gated.read(start + length, piece);
				expect(piece).toEqual(whole.subarray(length));
			},
		),
		{ numRuns: 50 },
	);
});
