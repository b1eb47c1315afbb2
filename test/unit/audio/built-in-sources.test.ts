import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PcmSource } from "../../../src/audio/pcm-source.js";
import { silenceSource } from "../../../src/audio/silence.js";
import { speechSource } from "../../../src/audio/speech.js";
import { toneSource } from "../../../src/audio/tone.js";
import { shareAt, sineLevelDbfs } from "./spectrum.js";

function read(source: PcmSource, start: number, length: number): Int16Array {
	const out = new Int16Array(length).fill(-1);
	source.read(start, out);
	return out;
}

/** `toEqual` looks at each of half a million samples on its own; this does not. */
function same(a: Int16Array, b: Int16Array): boolean {
	return Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
}

const speech = speechSource();
const loop = 480_000;

test.each([
	["tone", toneSource()],
	["speech", speech],
	["silence", silenceSource()],
])("%s: reading in pieces gives what reading at once gives", (_name, source) => {
	fc.assert(
		fc.property(fc.nat(10 * loop), fc.nat(1_000), fc.nat(1_000), (start, first, second) => {
			const whole = read(source, start, first + second);
			expect(read(source, start, first)).toEqual(whole.subarray(0, first));
			expect(read(source, start + first, second)).toEqual(whole.subarray(first));
		}),
		{ numRuns: 30 },
	);
});

test("tone is 440 Hz at −12 dBFS without a seam", () => {
	const second = read(toneSource(), 12_345, 48_000);
	expect(shareAt(440, second)).toBeGreaterThan(0.9999);
	expect(sineLevelDbfs(second)).toBeCloseTo(-12, 1);
});

test("silence is zero", () => {
	expect(read(silenceSource(), 5, 960).every((sample) => sample === 0)).toBe(true);
});

describe("speech", () => {
	const material = read(speech, 0, loop);

	test("repeats after ten seconds and depends on its seed alone", () => {
		expect(read(speech, loop, 960)).toEqual(material.subarray(0, 960));
		expect(same(read(speechSource(1), 0, loop), material)).toBe(true);
		expect(same(read(speechSource(2), 0, loop), material)).toBe(false);
	});

	test.each([1, 2, 3])("seed %i: no pause above 200 ms, yet pauses", (seed) => {
		const pause = speechSource(seed).longestPauseMs;
		expect(pause).toBeGreaterThanOrEqual(50);
		expect(pause).toBeLessThanOrEqual(200);
	});

	test("has the level of speech and does not clip", () => {
		expect(sineLevelDbfs(material) - 3.01).toBeCloseTo(-23, 0);
		expect(material.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(
			32_767 * 10 ** (-3 / 20) + 1,
		);
	});

	test("has no click at the seam", () => {
		const around = read(speech, loop - 480, 960);
		const steps = around.subarray(1).map((sample, n) => Math.abs(sample - (around[n] ?? 0)));
		expect(Math.max(...steps)).toBeLessThan(500);
	});

	test("has about four syllables a second", () => {
		const levels = Array.from({ length: 1_000 }, (_, n) =>
			sineLevelDbfs(material.subarray(n * 480, (n + 1) * 480)),
		);
		const onsets = levels.filter((level, n) => level > -35 && (levels[n - 1] ?? -99) <= -35);
		expect(onsets.length).toBeGreaterThanOrEqual(35);
		expect(onsets.length).toBeLessThanOrEqual(45);
	});

	test("is voiced: most of its energy lies below 4 kHz", () => {
		// First differences weigh frequencies by 2·sin(πf/48 kHz): at 4 kHz and above by 0.52 or more.
		let energy = 0;
		let differences = 0;
		for (let n = 1; n < loop; n++) {
			energy += (material[n] ?? 0) ** 2;
			differences += ((material[n] ?? 0) - (material[n - 1] ?? 0)) ** 2;
		}
		expect(differences / energy).toBeLessThan(0.05);
	});
});
