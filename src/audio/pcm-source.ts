/**
 * PCM to publish: signed 16-bit, mono, `sampleRateHz`. Stateless, so that one source in memory
 * serves every publisher of a worker.
 */
export interface PcmSource {
	readonly name: string;
	readonly sampleRateHz: 48_000;
	/** The longest pause in the material: silence up to this long is not a fault. */
	readonly longestPauseMs: number;
	/** Fills `out` with the samples from `startSample` on; endless (files loop). */
	read(startSample: number, out: Int16Array): void;
}
