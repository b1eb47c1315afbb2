import { markerMaterial } from "../../../../src/audio/marker.js";

/** The marker as somebody hears it: from sample `offset` on, at that speed and gain, with noise (±`noise`). */
export function heardMarker(options: {
	readonly samples: number;
	readonly offset?: number;
	readonly ratio?: number;
	readonly gain?: number;
	readonly noise?: number;
}): Int16Array {
	const { samples, offset = 0, ratio = 1, gain = 1, noise = 0 } = options;
	const material = markerMaterial();
	let seed = 1;
	return Int16Array.from({ length: samples }, (_, n) => {
		const position = offset + n * ratio;
		const whole = Math.floor(position);
		const [from = 0, to = 0] = [0, 1].map((step) => material[(whole + step) % material.length]);
		// A linear congruential generator is noise enough, and the same each time.
		seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
		const hiss = noise * (seed / 2 ** 30 - 1);
		return Math.round(gain * (from + (to - from) * (position - whole)) + hiss);
	});
}
