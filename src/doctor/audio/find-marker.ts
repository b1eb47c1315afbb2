import { markerLoopSamples, markerMaterial } from "../../audio/marker.js";
import { type ComplexSignal, transform } from "./fourier.js";

/** The marker, found in 48 kHz PCM: the recording's sample n is the marker's sample `offsetSamples + n · ratio`. */
export interface MarkerMatch {
	/** Speed: 1 as published, 2 an octave too high. One of `playedRatios`. */
	readonly ratio: number;
	/** 0 to 1: how much of what was recorded is the marker. */
	readonly score: number;
	/** 0 to the loop's length, at 48 kHz; to 6 samples. */
	readonly offsetSamples: number;
}

/** The search runs at 8 kHz, which holds all of the marker. */
const samplesPerPoint = 6;
const points = markerLoopSamples / samplesPerPoint;
/** Noise alone stays below 0.1, the marker at a wrong speed below what it has at its own, however a decoder stretched it. */
const lowestScore = 0.25;
/** From here on no other speed can score higher: the search ends. */
const sureScore = 0.65;

/** Rates that PCM usually has; material of one that is declared as another plays at the ratio of the two. */
const usualRatesHz = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

/** Every speed that a mistaken sample rate brings about, 1 first. Mono taken for stereo, or the reverse, is 2 or 1/2. */
export const playedRatios: readonly number[] = [
	...new Set([
		1,
		...usualRatesHz.flatMap((declaredHz) => usualRatesHz.map((trueHz) => declaredHz / trueHz)),
	]),
];

let reference: (ComplexSignal & { readonly energy: number }) | undefined;

/**
 * Searches the marker of `audio/marker.ts` in a recording of one loop or more (shorter: less sure), at every speed of
 * `playedRatios`, by circular correlation.
 * @param pcm 48 kHz, mono
 */
export function findMarker(pcm: Int16Array): MarkerMatch | undefined {
	let best: MarkerMatch | undefined;
	for (const ratio of playedRatios) {
		const match = matchAt(pcm, ratio);
		if (match.score > (best?.score ?? lowestScore)) best = match;
		if (match.score > sureScore) break;
	}
	return best;
}

function matchAt(pcm: Int16Array, ratio: number): MarkerMatch {
	const marker = markerSpectrum();
	const heard = reduce(pcm, samplesPerPoint / ratio);
	// The marker repeats: the recording is laid over itself, one loop long.
	const folded = { real: new Float64Array(points), imaginary: new Float64Array(points) };
	let energy = 0;
	heard.forEach((sample, n) => {
		energy += sample * sample;
		folded.real[n % points] = (folded.real[n % points] ?? 0) + sample;
	});
	if (energy === 0) return { ratio, score: 0, offsetSamples: 0 };
	transform(folded, "forward");
	transform(timesConjugate(marker, folded), "back");
	let peak = 0;
	let lag = 0;
	folded.real.forEach((value, n) => {
		if (Math.abs(value) <= peak) return;
		peak = Math.abs(value);
		lag = n;
	});
	const expected = Math.sqrt(energy * marker.energy * (heard.length / points));
	return { ratio, score: peak / points / expected, offsetSamples: lag * samplesPerPoint };
}

/** `a` times the conjugate of `b`, written into `b`. */
function timesConjugate(a: ComplexSignal, b: ComplexSignal): ComplexSignal {
	for (let n = 0; n < points; n++) {
		const [aReal = 0, aImaginary = 0] = [a.real[n], a.imaginary[n]];
		const [bReal = 0, bImaginary = 0] = [b.real[n], b.imaginary[n]];
		b.real[n] = aReal * bReal + aImaginary * bImaginary;
		b.imaginary[n] = aImaginary * bReal - aReal * bImaginary;
	}
	return b;
}

function markerSpectrum() {
	if (reference) return reference;
	const real = reduce(markerMaterial(), samplesPerPoint);
	const energy = real.reduce((sum, sample) => sum + sample * sample, 0);
	const spectrum = { real, imaginary: new Float64Array(points) };
	transform(spectrum, "forward");
	reference = { ...spectrum, energy };
	return reference;
}

/** One point for each `step` samples, their mean: a crude low-pass is enough for a search. */
function reduce(pcm: Int16Array, step: number): Float64Array {
	const reduced = new Float64Array(Math.floor(pcm.length / step));
	for (let n = 0; n < reduced.length; n++) {
		const from = Math.floor(n * step);
		const to = Math.max(from + 1, Math.floor((n + 1) * step));
		let sum = 0;
		for (let k = from; k < to; k++) sum += pcm[k] ?? 0;
		reduced[n] = sum / (to - from);
	}
	return reduced;
}
