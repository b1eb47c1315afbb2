import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { FormantVoice, vowels } from "./formant-voice.js";
import { readLoop } from "./loop.js";
import { longestPauseMs } from "./pause.js";
import type { PcmSource } from "./pcm-source.js";

const sampleRateHz = 48_000;
const loopSeconds = 10;
/** Conversational speech has about four syllables a second. */
const syllables = 40;
/** Active speech near −23 dBFS, as telephony test signals have it, with peaks kept below full scale. */
const levelDbfs = -23;
const highestPeakDbfs = -3;
/** Every so many syllables the voice takes breath: the gap is long, yet below 200 ms. */
const syllablesPerPhrase = 7;

/**
 * Generated material that behaves like speech where a codec, a speech detector or a silence meter looks:
 * voiced harmonics under moving formants, breath noise at each onset, four syllables a second, no pause
 * above 200 ms. A loop of ten seconds, computed once (about 50 ms of CPU).
 *
 * @param seed Same seed, same material.
 */
export function speechSource(seed = 1): PcmSource {
	const material = normalize(synthesize(seed));
	return {
		name: "speech",
		sampleRateHz,
		longestPauseMs: longestPauseMs(material, sampleRateHz),
		loopSamples: material.length,
		read: (startSample, out) => readLoop(material, startSample, out),
	};
}

function synthesize(seed: number): Float64Array {
	const generator = xoroshiro128plus(seed);
	const random = () => uniformFloat64(generator);
	const samples = new Float64Array(loopSeconds * sampleRateHz);
	const voice = new FormantVoice(sampleRateHz);

	const weights = Array.from({ length: syllables }, () => 0.85 + 0.3 * random());
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	let endsAt = 0;
	let n = 0;
	weights.forEach((weight, index) => {
		endsAt += weight / total;
		const begin = n;
		const end = index === syllables - 1 ? samples.length : Math.floor(endsAt * samples.length);
		const inPhrase = index % syllablesPerPhrase;
		const lastOfPhrase = inPhrase === syllablesPerPhrase - 1 || index === syllables - 1;
		const soundShare = lastOfPhrase ? 0.55 : 0.8;
		// Pitch falls over a phrase, as in a plain statement.
		const pitchHz = 135 - 4 * inPhrase + 10 * random();
		const loudness = 0.6 + 0.4 * random();
		voice.shape(vowels[Math.floor(random() * vowels.length)] ?? vowels[0]);
		for (; n < end; n++) {
			const at = (n - begin) / (end - begin);
			const voiced = loudness * swell(at, 0.1, soundShare);
			const breath = 0.08 * swell(at, 0, 0.2) * (2 * random() - 1);
			samples[n] = voice.next(pitchHz * (1 + 0.1 * at), voiced, breath);
		}
	});
	return samples;
}

const hillSteps = 1024;
/** The shape of a swell, to be interpolated: a sine and a power for each sample would double the time of a start. */
const hill = Float64Array.from({ length: hillSteps + 1 }, (_, step) =>
	step === hillSteps ? 0 : Math.sin((Math.PI * step) / hillSteps) ** 0.7,
);

/** A smooth hill from `from` to `to`, 1 at the top, 0 outside. */
function swell(at: number, from: number, to: number): number {
	if (at <= from || at >= to) return 0;
	const place = ((at - from) / (to - from)) * hillSteps;
	const step = Math.floor(place);
	const height = hill[step] ?? 0;
	return height + ((hill[step + 1] ?? 0) - height) * (place - step);
}

function normalize(samples: Float64Array): Int16Array {
	let energy = 0;
	let peak = 0;
	for (let n = 0; n < samples.length; n++) {
		const size = Math.abs(samples[n] ?? 0);
		energy += size * size;
		if (size > peak) peak = size;
	}
	const rms = Math.sqrt(energy / samples.length);
	const gain = Math.min(10 ** (levelDbfs / 20) / rms, 10 ** (highestPeakDbfs / 20) / peak);
	const material = new Int16Array(samples.length);
	const scale = gain * 32_767;
	for (let n = 0; n < samples.length; n++) material[n] = Math.round((samples[n] ?? 0) * scale);
	return material;
}
