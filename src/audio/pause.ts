/** Below this level (RMS of a 10 ms block, 0 dBFS = a full-scale square wave) material counts as a pause. */
export const pauseFloorDbfs = -50;

const blockMs = 10;

/**
 * The longest pause in looped material, in milliseconds, to a resolution of 10 ms.
 * A pause over the seam of the loop counts whole. Material that is all pause gives `Infinity`.
 */
export function longestPauseMs(material: Int16Array, sampleRateHz: number): number {
	const block = Math.max(1, Math.round((sampleRateHz * blockMs) / 1000));
	const quiet: boolean[] = [];
	for (let from = 0; from < material.length; from += block)
		quiet.push(isQuiet(material.subarray(from, from + block)));

	const firstLoud = quiet.indexOf(false);
	if (firstLoud < 0) return Number.POSITIVE_INFINITY;

	// Starting behind a loud block and going once round, no run of quiet blocks is cut by the seam.
	let longest = 0;
	let run = 0;
	for (let step = 1; step <= quiet.length; step++) {
		run = quiet[(firstLoud + step) % quiet.length] ? run + 1 : 0;
		longest = Math.max(longest, run);
	}
	return longest * blockMs;
}

function isQuiet(block: Int16Array): boolean {
	let energy = 0;
	for (let n = 0; n < block.length; n++) {
		const sample = block[n] ?? 0;
		energy += sample * sample;
	}
	const rms = Math.sqrt(energy / block.length) / 32_768;
	return rms < 10 ** (pauseFloorDbfs / 20);
}
