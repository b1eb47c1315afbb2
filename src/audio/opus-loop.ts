import { samplesPerOpusFrame } from "./opus-encoder.js";
import type { PcmSource } from "./pcm-source.js";

/** Loops without any seam are preferred up to this length. */
const longestExactFrames = 500;
/** Short material is repeated up to this length: few seams, and room for what DTX sends every 400 ms. */
const shortestFrames = 50;

/**
 * Cuts looped material into a loop of whole 20 ms frames. Where the material's length is no multiple of a
 * frame, it is repeated until it is (up to 10 s). Where that takes too long, the rest of less than 20 ms is
 * dropped, and the last frame fades over into what follows it, so that no click is heard.
 */
export class FrameLoop {
	/** Length of the loop, at least 1. */
	readonly frames: number;
	/** Samples dropped at the end of each loop, 0 to 959. */
	readonly dropped: number;
	readonly #source: PcmSource;
	readonly #ahead = new Int16Array(samplesPerOpusFrame);

	/** @throws Error for a source that never repeats: it cannot be encoded once and for all */
	constructor(source: PcmSource) {
		const { loopSamples } = source;
		if (!loopSamples) throw new Error(`audio source "${source.name}" does not repeat`);
		this.#source = source;
		const exact = samplesPerOpusFrame / greatestCommonDivisor(loopSamples, samplesPerOpusFrame);
		const isExact = exact * loopSamples <= longestExactFrames * samplesPerOpusFrame;
		const unit = isExact ? exact : 1;
		const repeats = unit * Math.ceil((shortestFrames * samplesPerOpusFrame) / (unit * loopSamples));
		const samples = repeats * loopSamples;
		this.frames = Math.floor(samples / samplesPerOpusFrame);
		this.dropped = samples - this.frames * samplesPerOpusFrame;
	}

	/**
	 * @param frame 0 to `frames - 1`
	 * @param out 960 samples
	 */
	read(frame: number, out: Int16Array): void {
		const start = frame * samplesPerOpusFrame;
		this.#source.read(start, out);
		if (this.dropped === 0 || frame !== this.frames - 1) return;
		// At its end the frame sounds like the material's own end, on which its beginning follows.
		this.#source.read(start + this.dropped, this.#ahead);
		for (const [n, later] of this.#ahead.entries()) {
			const share = (n + 1) / samplesPerOpusFrame;
			out[n] = Math.round((out[n] ?? 0) * (1 - share) + later * share);
		}
	}
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
