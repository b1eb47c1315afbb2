import { Decoder } from "@evan/opus";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameLoop } from "../../../src/audio/opus-loop.js";
import { OpusPacketCache } from "../../../src/audio/opus-packets.js";
import type { PcmSource } from "../../../src/audio/pcm-source.js";
import { silenceSource } from "../../../src/audio/silence.js";
import { toneSource } from "../../../src/audio/tone.js";

const samplesPerFrame = 960;

/** A sine with `periods` whole periods in a loop of any length, so that the loop itself has no seam. */
function sineLoop(loopSamples: number, periods: number): PcmSource {
	return {
		name: "sine",
		sampleRateHz: 48_000,
		longestPauseMs: 0,
		loopSamples,
		read(startSample, out) {
			for (let n = 0; n < out.length; n++) {
				const phase = (2 * Math.PI * periods * (startSample + n)) / loopSamples;
				out[n] = Math.round(8000 * Math.sin(phase));
			}
		},
	};
}

function countingReads(source: PcmSource) {
	let reads = 0;
	const read: PcmSource["read"] = (startSample, out) => {
		reads++;
		source.read(startSample, out);
	};
	return { source: { ...source, read }, reads: () => reads };
}

describe("cutting a loop into frames", () => {
	it("takes whole repeats of the material, but for less than a frame", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 30_000_000 }), (loopSamples) => {
				const loop = new FrameLoop(sineLoop(loopSamples, 1));
				expect((loop.frames * samplesPerFrame + loop.dropped) % loopSamples).toBe(0);
				expect(loop.dropped).toBeGreaterThanOrEqual(0);
				expect(loop.dropped).toBeLessThan(samplesPerFrame);
				expect(loop.frames).toBeGreaterThanOrEqual(50);
				// Bounded memory: never much more than the material, or than ten seconds.
				expect(loop.frames).toBeLessThanOrEqual(Math.max(2 * (loopSamples / samplesPerFrame), 500));
			}),
		);
	});

	it.each([
		[480_000, 500, 0],
		[1200, 50, 0],
		[1, 50, 0],
		[28_800_000, 30_000, 0],
		[480_001, 500, 1],
	])("makes of %d samples a loop of %d frames and drops %d samples", (samples, frames, dropped) => {
		expect(new FrameLoop(sineLoop(samples, 1))).toMatchObject({ frames, dropped });
	});

	it("has no click at the seam, where a rest was dropped", () => {
		const loopSamples = 96_000 + 517;
		const source = sineLoop(loopSamples, 442);
		const loop = new FrameLoop(source);
		expect(loop.dropped).toBe(517);
		const frame = new Int16Array(samplesPerFrame);
		const samples: number[] = [];
		for (const place of [loop.frames - 2, loop.frames - 1, 0]) {
			loop.read(place, frame);
			samples.push(...frame);
		}
		const steps = samples.slice(1).map((sample, n) => Math.abs(sample - (samples[n] ?? 0)));
		const steepest = (8000 * 2 * Math.PI * 442) / loopSamples;
		expect(Math.max(...steps)).toBeLessThan(steepest * 1.1);
	});

	it("refuses a source that never repeats", () => {
		const { loopSamples, ...endless } = sineLoop(960, 1);
		expect(() => new FrameLoop(endless)).toThrow(/does not repeat/);
	});
});

describe("the packets of a source", () => {
	it("are encoded once, whoever wants them, and are the same objects for all", () => {
		const { source, reads } = countingReads(sineLoop(960 * 60, 440));
		const cache = new OpusPacketCache(source, { dtx: false });
		const first = Array.from({ length: 60 }, (_, n) => cache.packetAt(7 + n));
		expect(cache.encodedFrames).toBe(60);
		// Sixty frames and the warm-up.
		expect(reads()).toBe(60 + 25);
		for (const [n, packet] of first.entries()) expect(cache.packetAt(7 + 600 + n)).toBe(packet);
		expect(reads()).toBe(60 + 25);
	});

	it("are encoded only when they are wanted: the first costs the warm-up and no more", () => {
		const { source, reads } = countingReads(sineLoop(960 * 500, 440));
		new OpusPacketCache(source, { dtx: false }).packetAt(400);
		expect(reads()).toBe(26);
	});

	it("are all there and not empty, in whatever order frames are wanted", () => {
		fc.assert(
			fc.property(fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 20 }), (wanted) => {
				const cache = new OpusPacketCache(sineLoop(960 * 200, 440), { dtx: false });
				const packets = wanted.map((frame) => cache.packetAt(frame));
				for (const [n, frame] of wanted.entries()) {
					expect(packets[n]?.payload.length).toBeGreaterThan(2);
					expect(cache.packetAt(frame)).toBe(packets[n]);
				}
				expect(cache.encodedFrames).toBeLessThanOrEqual(200);
			}),
			{ numRuns: 15 },
		);
	});

	it("have the bit rate and the frame length of a WebRTC microphone", () => {
		const cache = new OpusPacketCache(toneSource(), { dtx: false });
		let bytes = 0;
		for (let frame = 0; frame < cache.frames; frame++) {
			const { payload } = cache.packetAt(frame);
			bytes += payload.length;
			// TOC: one frame a packet, mono (RFC 6716 3.1); configurations of 20 ms.
			const toc = payload[0] ?? 0;
			expect(toc & 0b111).toBe(0);
			expect([1, 5, 9, 13, 15, 19, 23, 27, 31]).toContain(toc >> 3);
		}
		const kilobits = (bytes * 8) / (cache.frames * 20);
		expect(kilobits).toBeGreaterThan(16);
		expect(kilobits).toBeLessThan(48);
	});

	it("decode without a fault at the seam of the loop, wherever it began", () => {
		const source = toneSource();
		const cache = new OpusPacketCache(source, { dtx: false });
		const decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
		const frames = cache.frames * 3;
		const heard = new Int16Array(frames * samplesPerFrame);
		for (let frame = 0; frame < frames; frame++) {
			const bytes = decoder.decode(cache.packetAt(13 + frame).payload);
			const pcm = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
			heard.set(pcm, frame * samplesPerFrame);
		}
		const worst = Math.min(...signalToNoise(source, heard.subarray(25 * samplesPerFrame)));
		// 34 dB and more in all frames; 9 dB at the seam, were the encoder not warmed up.
		expect(worst).toBeGreaterThan(28);
	});

	it("tell the level of their audio as RFC 6464 has it", () => {
		// −12 dBFS is the peak; the RMS of a sine is 3 dB below.
		expect(new OpusPacketCache(toneSource(), { dtx: false }).packetAt(5).level).toBe(15);
		expect(new OpusPacketCache(silenceSource(), { dtx: false }).packetAt(5).level).toBe(127);
	});
});

describe("silence", () => {
	it("is sent in every frame without DTX", () => {
		const cache = new OpusPacketCache(silenceSource(), { dtx: false });
		for (let frame = 0; frame < 100; frame++)
			expect(cache.packetAt(frame).payload.length).toBeGreaterThan(2);
	});

	it("is sent every 400 ms with DTX, and never less often", () => {
		const cache = new OpusPacketCache(silenceSource(), { dtx: true });
		const sent = Array.from({ length: 500 }, (_, frame) => frame).filter(
			(frame) => cache.packetAt(frame).payload.length > 0,
		);
		const gaps = sent.slice(1).map((frame, n) => frame - (sent[n] ?? 0));
		// The packet that ends the refresh tells that DTX goes on: it is the first of a new pause.
		expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
		expect(sent.length).toBeLessThan(100);
	});
});

/** Of each frame, in dB, against the sine that `source` is; amplitude and phase are fitted to what was heard. */
function signalToNoise(source: PcmSource, heard: Int16Array): number[] {
	const quarter = Math.round(48_000 / 440 / 4);
	const inPhase = new Int16Array(heard.length);
	const shifted = new Int16Array(heard.length);
	source.read(1_200_000, inPhase);
	source.read(1_200_000 + quarter, shifted);
	return Array.from({ length: heard.length / samplesPerFrame }, (_, frame) => {
		const from = frame * samplesPerFrame;
		const cut = (samples: Int16Array) => [...samples.subarray(from, from + samplesPerFrame)];
		return fitted(cut(heard), cut(inPhase), cut(shifted));
	});
}

/** Least squares on two base signals: the share they explain against the rest, in dB. */
function fitted(signal: number[], a: number[], b: number[]): number {
	const dot = (x: number[], y: number[]) =>
		x.reduce((sum, value, n) => sum + value * (y[n] ?? 0), 0);
	const [aa, bb, ab, as, bs] = [dot(a, a), dot(b, b), dot(a, b), dot(a, signal), dot(b, signal)];
	const determinant = aa * bb - ab * ab;
	const u = (as * bb - bs * ab) / determinant;
	const v = (bs * aa - as * ab) / determinant;
	const rest = signal.map((value, n) => value - u * (a[n] ?? 0) - v * (b[n] ?? 0));
	return 10 * Math.log10(dot(signal, signal) / (dot(rest, rest) + 1));
}
