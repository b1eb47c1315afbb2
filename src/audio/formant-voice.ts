/** Formant frequencies in Hz of five vowels (Peterson & Barney 1952, male voices, rounded). */
export const vowels = [
	[730, 1090, 2440],
	[530, 1840, 2480],
	[270, 2290, 3010],
	[570, 840, 2410],
	[300, 870, 2240],
] as const;

export type Vowel = (typeof vowels)[number];

/** Bandwidths in Hz of the three formants. */
const bandwidths = [70, 100, 140] as const;

interface Resonator {
	a: number;
	b: number;
	c: number;
	last: number;
	lastButOne: number;
}

/**
 * A voice in the manner of a formant synthesizer (Klatt 1980): a sawtooth (harmonics falling by 6 dB an
 * octave) or noise through three resonators in a row.
 */
export class FormantVoice {
	readonly #sampleRateHz: number;
	readonly #resonators: Resonator[] = bandwidths.map(() => ({
		a: 1,
		b: 0,
		c: 0,
		last: 0,
		lastButOne: 0,
	}));
	#phase = 0;

	constructor(sampleRateHz: number) {
		this.#sampleRateHz = sampleRateHz;
	}

	/** Sets the mouth for a vowel; what still rings goes on ringing. */
	shape(vowel: Vowel): void {
		this.#resonators.forEach((resonator, n) => {
			const radius = Math.exp((-Math.PI * (bandwidths[n] ?? 0)) / this.#sampleRateHz);
			resonator.c = -(radius ** 2);
			resonator.b = 2 * radius * Math.cos((2 * Math.PI * (vowel[n] ?? 0)) / this.#sampleRateHz);
			resonator.a = 1 - resonator.b - resonator.c;
		});
	}

	/**
	 * The next sample.
	 * @param pitchHz Fundamental of the voiced part.
	 * @param voiced Level of the sawtooth, 0 to 1.
	 * @param breath A noise sample, added to the source.
	 */
	next(pitchHz: number, voiced: number, breath: number): number {
		this.#phase = (this.#phase + pitchHz / this.#sampleRateHz) % 1;
		let sample = voiced * (2 * this.#phase - 1) + breath;
		for (const resonator of this.#resonators) {
			const out =
				resonator.a * sample + resonator.b * resonator.last + resonator.c * resonator.lastButOne;
			resonator.lastButOne = resonator.last;
			resonator.last = out;
			sample = out;
		}
		return sample;
	}
}
