import { markerLoopSamples, markerMaterial } from "../../audio/marker.js";
import type { MarkerMatch } from "./find-marker.js";

/** How well the marker came over. */
export interface MarkerMeasure {
	/** RMS while a chirp sounds; published at −17. */
	readonly levelDbfs: number;
	/** Of the time in which a chirp should have been heard. */
	readonly expectedMs: number;
	readonly missingMs: number;
}

const blockSamples = 960;
const blockMs = 20;
/** RMS of the published block, from which on it surely sounds: below are pauses and edges. */
const soundingRms = 3_000;
/** A block this far below the usual gain (−12 dB) was not heard. */
const missingShare = 0.25;

/**
 * Level and gaps of a marker that was found. The delay is another matter: see `markerDelayMs`.
 * @param pcm the same that the match was found in
 */
export function measureMarker(pcm: Int16Array, match: MarkerMatch): MarkerMeasure {
	const blocks: { readonly heard: number; readonly gain: number }[] = [];
	for (let from = 0; from + blockSamples <= pcm.length; from += blockSamples) {
		const published = publishedRms(match, from);
		if (published < soundingRms) continue;
		const heard = rms(pcm.subarray(from, from + blockSamples));
		blocks.push({ heard, gain: heard / published });
	}
	const gains = blocks.map(({ gain }) => gain).sort((a, b) => a - b);
	const usual = gains[Math.floor(gains.length / 2)] ?? 0;
	const heard = blocks.filter(({ gain }) => gain > usual * missingShare);
	const energy =
		heard.reduce((sum, block) => sum + block.heard ** 2, 0) / Math.max(1, heard.length);
	return {
		levelDbfs: 20 * Math.log10(Math.sqrt(energy) / 32_768),
		expectedMs: blocks.length * blockMs,
		missingMs: (blocks.length - heard.length) * blockMs,
	};
}

/**
 * From mouth to ear: when the marker's sample was due to be published, and when it came out of the decoder.
 * Unambiguous up to the loop's length (2.048 s), less 50 ms for clocks that are read a little early.
 * @param startMs when the recording's first sample was heard
 * @param zeroMs when sample 0 of the marker was published
 */
export function markerDelayMs(
	{ offsetSamples }: Pick<MarkerMatch, "offsetSamples">,
	{ startMs, zeroMs }: { readonly startMs: number; readonly zeroMs: number },
): number {
	const loopMs = markerLoopSamples / 48;
	const apartMs = startMs - zeroMs - offsetSamples / 48;
	const earlyMs = 50;
	const rest = (apartMs + earlyMs) % loopMs;
	return (rest < 0 ? rest + loopMs : rest) - earlyMs;
}

function publishedRms({ offsetSamples, ratio }: MarkerMatch, from: number): number {
	const marker = markerMaterial();
	let energy = 0;
	for (let n = from; n < from + blockSamples; n++) {
		const sample = marker[Math.round(offsetSamples + n * ratio) % markerLoopSamples] ?? 0;
		energy += sample * sample;
	}
	return Math.sqrt(energy / blockSamples);
}

function rms(samples: Int16Array): number {
	return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}
