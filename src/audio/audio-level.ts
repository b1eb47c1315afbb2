/** Digital silence, and the quietest level that can be told. */
export const silentLevel = 127;

/**
 * Level of a frame as RFC 6464 has it: −dBov of the RMS, 0 (a full-scale square wave) to 127 (silence).
 * SFUs find the active speakers with it, without decoding.
 */
export function audioLevel(pcm: Int16Array): number {
	let energy = 0;
	for (const sample of pcm) energy += sample * sample;
	if (energy === 0) return silentLevel;
	const rms = Math.sqrt(energy / pcm.length) / 32_768;
	return Math.min(silentLevel, Math.max(0, Math.round(-20 * Math.log10(rms))));
}
