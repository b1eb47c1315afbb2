import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import wavefile from "wavefile";
import { decodeWav } from "../../../src/audio/decode-wav.js";
import { longestWavMinutes, wavSource } from "../../../src/audio/wav.js";
import { UserError } from "../../../src/error/user-error.js";
import expected from "../../cases/audio/expected.json" with { type: "json" };
import { shareAt, sineLevelDbfs } from "./spectrum.js";

const cases = new URL("../../cases/audio/", import.meta.url);
const depths = ["8", "16", "24", "32", "32f", "64"] as const;

/** A 440 Hz tone of −12 dBFS in every channel, in a file made by wavefile. */
function toneFile(rateHz: number, channels: number, depth: string, samples: number): Uint8Array {
	const isFloat = depth === "32f" || depth === "64";
	const full = isFloat ? 1 : 2 ** (Number.parseInt(depth, 10) - 1) - 1;
	const bias = depth === "8" ? 128 : 0;
	const amplitude = 10 ** (-12 / 20) * full;
	const channel = Array.from({ length: samples }, (_, n) => {
		const value = bias + amplitude * Math.sin((2 * Math.PI * 440 * n) / rateHz);
		return isFloat ? value : Math.round(value);
	});
	const wav = new wavefile.WaveFile();
	const data = channels === 1 ? channel : Array.from({ length: channels }, () => channel);
	wav.fromScratch(channels, rateHz, depth, data);
	return wav.toBuffer();
}

describe("files of another program", () => {
	test("every file has its expectation and the other way round", () => {
		const files = readdirSync(cases).filter((name) => name.endsWith(".wav"));
		expect(files.sort()).toEqual(Object.keys(expected).sort());
	});

	test.each(Object.entries(expected))("%s", async (name, wanted) => {
		const bytes = readFileSync(new URL(name, cases));
		if ("error" in wanted) {
			const error: unknown = await wavSource(name, bytes).catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(UserError);
			expect(error).toMatchObject({ message: `Audio file "${name}" ${wanted.error}`, exitCode: 2 });
			return;
		}
		const source = await wavSource(name, bytes);
		const out = new Int16Array(Math.round(wanted.seconds * 48_000));
		source.read(0, out);
		expect(shareAt(440, out)).toBeGreaterThan(0.999);
		expect(sineLevelDbfs(out)).toBeCloseTo(-12, 1);
		expect(source.longestPauseMs).toBe(0);
		// The tone has whole cycles, so the file loops in phase: twice round is still one tone.
		const twice = new Int16Array(2 * out.length);
		source.read(0, twice);
		expect(shareAt(440, twice)).toBeGreaterThan(0.999);
		expect(twice.subarray(out.length)).toEqual(out);
	});
});

describe("any rate, channel count and depth", () => {
	const format = {
		rateHz: fc.integer({ min: 8_000, max: 96_000 }),
		channels: fc.integer({ min: 1, max: 4 }),
		depth: fc.constantFrom(...depths),
	};

	test("keeps duration, pitch and level", async () => {
		await fc.assert(
			fc.asyncProperty(fc.record(format), async ({ rateHz, channels, depth }) => {
				const samples = Math.round(rateHz / 20);
				const source = await wavSource("x.wav", toneFile(rateHz, channels, depth, samples));
				// 50 ms are 22 cycles; the loop's length shows as the shift after which it repeats.
				const length = Math.round((samples * 48_000) / rateHz);
				const out = new Int16Array(3 * length);
				source.read(0, out);
				expect(out.subarray(length, 2 * length)).toEqual(out.subarray(0, length));
				expect(Math.abs(length - 2_400)).toBeLessThanOrEqual(4);
				const inside = out.subarray(0, 2_400);
				expect(shareAt(440, inside)).toBeGreaterThan(0.99);
				expect(sineLevelDbfs(inside)).toBeCloseTo(-12, 0);
			}),
			{ numRuns: 15 },
		);
	});

	test("integers keep their exact value, in both byte orders", () => {
		fc.assert(
			fc.property(
				fc.constantFrom("8", "16", "24", "32"),
				fc.boolean(),
				fc.array(fc.double({ min: -1, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 20 }),
				(depth, bigEndian, values) => {
					const full = 2 ** (Number.parseInt(depth, 10) - 1);
					const bias = depth === "8" ? 128 : 0;
					const integers = values.map((value) => Math.round(value * full) + 0);
					const wav = new wavefile.WaveFile();
					wav.fromScratch(
						1,
						48_000,
						depth,
						integers.map((value) => value + bias),
						{ container: bigEndian ? "RIFX" : "RIFF" },
					);
					const { mono } = decodeWav("x.wav", wav.toBuffer());
					expect([...mono]).toEqual(integers.map((value) => Math.fround(value / full)));
				},
			),
		);
	});

	test("channels are averaged, floats past full scale are clipped", async () => {
		const wav = new wavefile.WaveFile();
		wav.fromScratch(2, 48_000, "32f", [
			[0.5, 1.5, -2],
			[0.25, 1.5, -2],
		]);
		const source = await wavSource("x.wav", wav.toBuffer());
		const out = new Int16Array(3);
		source.read(0, out);
		expect([...out]).toEqual([12_288, 32_767, -32_768]);
	});

	test("floats in an extensible header are read as floats", () => {
		const plain = Buffer.from(toneFile(48_000, 1, "32f", 480));
		const fmt = Buffer.alloc(48);
		fmt.write("fmt ", 0, "latin1");
		fmt.writeUInt32LE(40, 4);
		plain.copy(fmt, 8, 20, 36);
		fmt.writeUInt16LE(0xfffe, 8);
		fmt.writeUInt16LE(22, 24);
		fmt.writeUInt16LE(32, 26);
		fmt.writeUInt32LE(3, 32);
		Buffer.from("00001000800000aa00389b71", "hex").copy(fmt, 36);
		const data = plain.subarray(plain.indexOf("data"));
		const file = Buffer.concat([plain.subarray(0, 12), fmt, data]);
		expect(decodeWav("x.wav", file).mono).toEqual(decodeWav("y.wav", plain).mono);
	});
});

describe("what cannot be played", () => {
	test("a file that is too long is refused before it is resampled", async () => {
		const tooLong = new Uint8Array(longestWavMinutes * 60 * 1_000 + 1_000);
		const wav = new wavefile.WaveFile();
		wav.fromScratch(1, 1_000, "8", tooLong);
		await expect(wavSource("x.wav", wav.toBuffer())).rejects.toThrow(
			'Audio file "x.wav" is too long: 10.0 minutes; at most 10 are read.',
		);
	});

	test("a rate that no sound card has is refused", async () => {
		const file = Buffer.from(toneFile(8_000, 1, "16", 80));
		file.writeUInt32LE(7, 24);
		await expect(wavSource("x.wav", file)).rejects.toThrow("has a sample rate of 7 Hz");
	});

	test("a damaged header gives a user error or sound, never another error", async () => {
		const good = toneFile(8_000, 2, "16", 40);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.nat(43), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
				fc.nat(good.length),
				async (damages, length) => {
					const bytes = Uint8Array.from(good.subarray(0, length));
					for (const [at, value] of damages) if (at < bytes.length) bytes[at] = value;
					const result: unknown = await wavSource("x.wav", bytes).catch(
						(reason: unknown) => reason,
					);
					if (result instanceof Error) expect(result).toBeInstanceOf(UserError);
				},
			),
			{ numRuns: 200 },
		);
	});
});
