/**
 * PCM to publish: signed 16-bit, mono, `sampleRateHz`. Stateless, so that one source in memory
 * serves every publisher of a worker.
 */
export interface PcmSource {
	readonly name: string;
	readonly sampleRateHz: 48_000;
	/** The longest pause in the material: silence up to this long is not a fault. */
	readonly longestPauseMs: number;
	/** After so many samples the material repeats; absent where it never does. */
	readonly loopSamples?: number;
	/** Where the source is another one that is heard only at times: that one, and when. */
	readonly gate?: PcmGate;
	/** Fills `out` with the samples from `startSample` on; endless (files loop). */
	read(startSample: number, out: Int16Array): void;
}

/** How a gated source came about, for those who send the parts without mixing samples. */
export interface PcmGate {
	readonly source: PcmSource;
	/** Asked with media time: milliseconds since sample 0. */
	readonly isSpeaking: (atMs: number) => boolean;
}
