import { readLoop } from "./loop.js";
import type { PcmSource } from "./pcm-source.js";

const frequencyHz = 440;
/** Peak level; 0 dBFS is a full-scale sine. */
const levelDbfs = -12;
const sampleRateHz = 48_000;
/** 11 whole cycles of 440 Hz at 48 kHz: the shortest loop without a seam. */
const loopSamples = 1_200;

/** A 440 Hz sine at −12 dBFS: easy to recognise, never pauses. */
export function toneSource(): PcmSource {
	const amplitude = 32_767 * 10 ** (levelDbfs / 20);
	const material = Int16Array.from({ length: loopSamples }, (_, n) =>
		Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / sampleRateHz)),
	);
	return {
		name: "tone",
		sampleRateHz,
		longestPauseMs: 0,
		loopSamples,
		read: (startSample, out) => readLoop(material, startSample, out),
	};
}
