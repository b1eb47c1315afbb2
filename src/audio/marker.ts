import { readLoop } from "./loop.js";
import type { PcmSource } from "./pcm-source.js";

const sampleRateHz = 48_000;
/** 2^14 samples at 8 kHz: a length that a fast Fourier transform takes as it is. */
export const markerLoopSamples = 98_304;
export const markerLoopMs = markerLoopSamples / 48;
/** Start and end in Hz of each chirp. No two look alike, so that a place in the loop is told by what is heard there. */
const sweeps = [
	[400, 2_600],
	[2_600, 400],
	[900, 3_200],
	[3_200, 900],
] as const;
const slotSamples = markerLoopSamples / sweeps.length;
const chirpSamples = 400 * 48;
const edgeSamples = 10 * 48;
/** Loud enough for any voice detector, far from clipping: −17 dBFS (RMS) while a chirp sounds. */
const amplitude = 0.2 * 32_767;

let material: Int16Array | undefined;

/** One loop of the marker at 48 kHz. Computed once; not to be changed. */
export function markerMaterial(): Int16Array {
	material ??= makeMaterial();
	return material;
}

/**
 * Four chirps in 2.048 s within the band of a telephone, to be searched by correlation in what somebody else hears:
 * the delay is unambiguous up to the loop's length, and a chirp at another rate is no other chirp.
 */
export function markerSource(): PcmSource {
	const loop = markerMaterial();
	return {
		name: "marker",
		sampleRateHz,
		longestPauseMs: (slotSamples - chirpSamples) / 48,
		loopSamples: markerLoopSamples,
		read: (startSample, out) => readLoop(loop, startSample, out),
	};
}

function makeMaterial(): Int16Array {
	const loop = new Int16Array(markerLoopSamples);
	sweeps.forEach(([fromHz, toHz], slot) => {
		for (let n = 0; n < chirpSamples; n++) {
			const seconds = n / sampleRateHz;
			const slope = ((toHz - fromHz) * sampleRateHz) / chirpSamples;
			const phase = 2 * Math.PI * (fromHz * seconds + (slope * seconds ** 2) / 2);
			loop[slot * slotSamples + n] = Math.round(amplitude * swell(n) * Math.sin(phase));
		}
	});
	return loop;
}

/** Raised-cosine edges: a click would be a sound of its own. */
function swell(n: number): number {
	const fromEdge = Math.min(n, chirpSamples - n) / edgeSamples;
	return fromEdge >= 1 ? 1 : (1 - Math.cos(Math.PI * fromEdge)) / 2;
}
