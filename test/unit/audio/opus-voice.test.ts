import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioLevel } from "../../../src/audio/audio-level.js";
import { OpusSilence } from "../../../src/audio/opus-silence.js";
import { OpusTapes } from "../../../src/audio/opus-tapes.js";
import { talkGate } from "../../../src/audio/talk-gate.js";
import { toneSource } from "../../../src/audio/tone.js";

describe("a publisher who takes turns", () => {
	const tone = toneSource();
	/** Speaks in the odd seconds. */
	const inOddSeconds = (atMs: number) => Math.floor(atMs / 1000) % 2 === 1;

	it("sends the shared packets of the source while speaking, and silence otherwise", () => {
		const tapes = new OpusTapes();
		const plain = tapes.tapeFor(tone, false);
		const voice = tapes.tapeFor(talkGate(tone, inOddSeconds), false);
		for (let frame = 0; frame < 300; frame++) {
			const packet = voice.packetAt(frame);
			if (inOddSeconds(frame * 20)) expect(packet).toBe(plain.packetAt(frame));
			else expect(packet.level).toBe(127);
		}
	});

	it("falls silent under DTX within 300 ms, and says so every 400 ms", () => {
		const voice = new OpusTapes().tapeFor(
			talkGate(tone, (atMs) => atMs < 1000),
			true,
		);
		const sent = Array.from({ length: 300 }, (_, frame) => frame).filter(
			(frame) => voice.packetAt(frame).payload.length > 0,
		);
		const quiet = sent.filter((frame) => frame >= 50 + 15);
		const gaps = quiet.slice(1).map((frame, n) => frame - (quiet[n] ?? 0));
		expect(sent.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, n) => n));
		expect(quiet.length).toBeGreaterThan(10);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
		// One refresh, and the packet after it that tells of the pause again.
		expect(quiet.length).toBeLessThanOrEqual(2 * Math.ceil((300 - 65) / 20) + 2);
	});

	it("begins each silence anew, however often it is interrupted", () => {
		fc.assert(
			fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), (speaks) => {
				const silence = new OpusSilence({ dtx: true });
				const voice = new OpusTapes().tapeFor(
					talkGate(tone, (atMs) => speaks[Math.floor(atMs / 20)] ?? false),
					true,
				);
				let silentFor = 0;
				for (const [frame, isSpeaking] of speaks.entries()) {
					const { payload, level } = voice.packetAt(frame);
					if (isSpeaking) {
						silentFor = 0;
						expect(level).toBeLessThan(127);
						continue;
					}
					expect(payload).toEqual(silence.packetAt(silentFor++).payload);
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("shares one tape a source and setting", () => {
		const tapes = new OpusTapes();
		expect(tapes.tapeFor(tone, false)).toBe(tapes.tapeFor(tone, false));
		expect(tapes.tapeFor(tone, true)).not.toBe(tapes.tapeFor(tone, false));
	});
});

describe("the audio level (RFC 6464)", () => {
	it("is 0 for a full-scale square wave and 127 for silence", () => {
		expect(audioLevel(Int16Array.from({ length: 960 }, (_, n) => (n % 2 ? 32_767 : -32_768)))).toBe(
			0,
		);
		expect(audioLevel(new Int16Array(960))).toBe(127);
	});

	it("falls by 6 for each halving, and stays within 7 bits", () => {
		const square = (amplitude: number) => new Int16Array(960).fill(amplitude);
		expect(audioLevel(square(16_384))).toBe(6);
		expect(audioLevel(square(8192))).toBe(12);
		fc.assert(
			fc.property(fc.int16Array({ minLength: 1, maxLength: 960 }), (pcm) => {
				const level = audioLevel(pcm);
				expect(Number.isInteger(level) && level >= 0 && level <= 127).toBe(true);
			}),
		);
	});
});
