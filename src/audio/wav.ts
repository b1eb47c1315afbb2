import { UserError } from "../error/user-error.js";
import { decodeWav } from "./decode-wav.js";
import { readLoop } from "./loop.js";
import { longestPauseMs } from "./pause.js";
import type { PcmSource } from "./pcm-source.js";
import { highestRateHz, lowestRateHz, resampleLoop } from "./resample.js";

const sampleRateHz = 48_000;

/** Each worker holds the decoded file (57.6 MB for ten minutes); a soak loops it. */
export const longestWavMinutes = 10;
/** Bounds the memory that decoding takes for the moment. */
export const largestWavBytes = 256 * 1024 * 1024;

/**
 * A WAV file of any rate (1 to 768 kHz), channel count and depth (8 to 32-bit integer, 32 or 64-bit float)
 * as mono 48 kHz material that loops without a seam. Channels are averaged, peaks past full scale are clipped.
 *
 * @param path Names the file in errors.
 * @throws UserError when it is no WAV file, compressed, empty, truncated or too long.
 */
export async function wavSource(path: string, bytes: Uint8Array): Promise<PcmSource> {
	if (bytes.length > largestWavBytes)
		throw new UserError({
			message: `Audio file "${path}" is too large: ${megabytes(bytes.length)} MB; at most ${megabytes(largestWavBytes)} MB are read.`,
			hint: "Cut it: short material is looped without a seam.",
		});
	const { mono, rateHz } = decodeWav(path, bytes);
	if (rateHz < lowestRateHz || rateHz > highestRateHz)
		throw new UserError({
			message: `Audio file "${path}" has a sample rate of ${rateHz} Hz; ${lowestRateHz} to ${highestRateHz} Hz can be played.`,
		});
	if (mono.length > longestWavMinutes * 60 * rateHz)
		throw new UserError({
			message: `Audio file "${path}" is too long: ${(mono.length / rateHz / 60).toFixed(1)} minutes; at most ${longestWavMinutes} are read.`,
			hint: `ffmpeg -i "${path}" -t ${longestWavMinutes * 60} cut.wav (shorter material is looped without a seam)`,
		});

	const material = toInt16(await resampleLoop(mono, rateHz, sampleRateHz));
	return {
		name: path,
		sampleRateHz,
		longestPauseMs: longestPauseMs(material, sampleRateHz),
		loopSamples: material.length,
		read: (startSample, out) => readLoop(material, startSample, out),
	};
}

function toInt16(samples: Float32Array): Int16Array {
	const integers = new Int16Array(samples.length);
	samples.forEach((sample, n) => {
		integers[n] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
	});
	return integers;
}

function megabytes(bytes: number): number {
	return Math.ceil(bytes / 1024 / 1024);
}
