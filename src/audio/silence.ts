import type { PcmSource } from "./pcm-source.js";

/** Digital silence: media flows, nothing is to be heard. Its pause never ends. */
export function silenceSource(): PcmSource {
	return {
		name: "silence",
		sampleRateHz: 48_000,
		longestPauseMs: Number.POSITIVE_INFINITY,
		loopSamples: 1,
		read: (_startSample, out) => {
			out.fill(0);
		},
	};
}
