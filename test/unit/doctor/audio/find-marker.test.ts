import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markerLoopSamples } from "../../../../src/audio/marker.js";
import { speechSource } from "../../../../src/audio/speech.js";
import { toneSource } from "../../../../src/audio/tone.js";
import { findMarker, playedRatios } from "../../../../src/doctor/audio/find-marker.js";
import { markerDelayMs, measureMarker } from "../../../../src/doctor/audio/measure-marker.js";
import { heardMarker } from "./heard-marker.js";

const twoSeconds = 110_400;

describe("found", () => {
	test("wherever it begins, at any level, in noise", () => {
		const any = fc.record({
			offset: fc.integer({ min: 0, max: markerLoopSamples - 1 }),
			gain: fc.double({ min: 0.02, max: 4, noNaN: true }),
		});
		fc.assert(
			fc.property(any, ({ offset, gain }) => {
				const match = findMarker(heardMarker({ samples: twoSeconds, offset, gain, noise: 50 }));
				expect(match?.ratio).toBe(1);
				const apart = Math.abs((match?.offsetSamples ?? 0) - offset);
				expect(Math.min(apart, markerLoopSamples - apart)).toBeLessThanOrEqual(6);
			}),
			{ numRuns: 20 },
		);
	});

	test.each([
		[48_000, 44_100],
		[44_100, 48_000],
		[48_000, 16_000],
		[48_000, 24_000],
		[24_000, 48_000],
		[48_000, 8_000],
		[16_000, 48_000],
	])("PCM declared as %i Hz that has %i Hz", (declaredHz, trueHz) => {
		const ratio = declaredHz / trueHz;
		expect(findMarker(heardMarker({ samples: twoSeconds, offset: 5_000, ratio }))?.ratio).toBe(
			ratio,
		);
	});

	test("in a recording that begins before it", () => {
		const pcm = new Int16Array(twoSeconds);
		pcm.set(heardMarker({ samples: twoSeconds / 2 }), twoSeconds / 2);
		expect(findMarker(pcm)?.ratio).toBe(1);
	});
});

describe("not found", () => {
	const play = (source: ReturnType<typeof toneSource>) => {
		const pcm = new Int16Array(twoSeconds);
		source.read(0, pcm);
		return pcm;
	};
	test.each([
		["silence", new Int16Array(twoSeconds)],
		["noise", heardMarker({ samples: twoSeconds, gain: 0, noise: 9_000 })],
		["speech", play(speechSource())],
		["a tone", play(toneSource())],
		["nothing", new Int16Array(0)],
	])("in %s", (_, pcm) => {
		expect(findMarker(pcm)).toBeUndefined();
	});
});

test("every usual mistake is searched, the right speed first", () => {
	expect(playedRatios[0]).toBe(1);
	expect(new Set(playedRatios).size).toBe(playedRatios.length);
	for (const ratio of [2, 0.5, 3, 1 / 3, 48 / 44.1, 44.1 / 48, 6])
		expect(playedRatios.some((known) => Math.abs(known - ratio) < 1e-9)).toBe(true);
});

describe("measured", () => {
	const offset = 4_321;
	const measure = (pcm: Int16Array) =>
		measureMarker(pcm, { ratio: 1, score: 1, offsetSamples: offset });

	test("level and nothing missing", () => {
		const whole = measure(heardMarker({ samples: twoSeconds, offset }));
		expect(whole.levelDbfs).toBeCloseTo(-17, 0);
		expect(whole.missingMs).toBe(0);
		expect(whole.expectedMs).toBeGreaterThan(1_500);
		const quiet = measure(heardMarker({ samples: twoSeconds, offset, gain: 0.1 }));
		expect(quiet.levelDbfs).toBeCloseTo(whole.levelDbfs - 20, 1);
	});

	test("a hole of 200 ms within a chirp is missed", () => {
		const pcm = heardMarker({ samples: twoSeconds, offset: 0 });
		pcm.fill(0, 48 * 100, 48 * 300);
		const { missingMs } = measureMarker(pcm, { ratio: 1, score: 1, offsetSamples: 0 });
		expect(missingMs).toBe(200);
	});

	test("the delay is what lies between mouth and ear, wherever the recording begins", () => {
		const times = fc.record({
			delayMs: fc.double({ min: 0, max: 1_990, noNaN: true }),
			zeroMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
			sinceMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
		});
		fc.assert(
			fc.property(times, ({ delayMs, zeroMs, sinceMs }) => {
				// What is heard at `startMs` was published `delayMs` before.
				const startMs = zeroMs + sinceMs + delayMs;
				const offsetSamples = (sinceMs * 48) % markerLoopSamples;
				expect(markerDelayMs({ offsetSamples }, { startMs, zeroMs })).toBeCloseTo(delayMs, 2);
			}),
		);
	});
});
