/** What can be told of any recording. */
export interface Sound {
	readonly durationMs: number;
	/** −Infinity where every sample is 0. */
	readonly levelDbfs: number;
	/** Share of the samples that stand at full scale, 0 to 1. */
	readonly clippedShare: number;
}

/** A sample there is as far as 16 bits go. */
const fullScale = 32_766;

/** @param pcm 48 kHz, mono */
export function soundOf(pcm: Int16Array): Sound {
	let energy = 0;
	let clipped = 0;
	for (const sample of pcm) {
		energy += sample * sample;
		if (Math.abs(sample) >= fullScale) clipped++;
	}
	const count = Math.max(1, pcm.length);
	return {
		durationMs: pcm.length / 48,
		levelDbfs: 20 * Math.log10(Math.sqrt(energy / count) / 32_768),
		clippedShare: clipped / count,
	};
}
