import type { PcmSource } from "./pcm-source.js";

/** Steps of the gate: the predicate is asked once a step, and a fade lasts one step. */
const fadeMs = 5;

/**
 * A source that is heard only while its publisher speaks and sends digital silence otherwise, with a linear
 * fade of 5 ms that begins when the predicate changes (to a resolution of 5 ms). Still a pure function
 * of the sample number, as every source.
 *
 * @param isSpeaking Asked with media time: milliseconds since sample 0, a multiple of 5, from −5 on.
 */
export function talkGate(source: PcmSource, isSpeaking: (atMs: number) => boolean): PcmSource {
	const step = (source.sampleRateHz * fadeMs) / 1000;
	return {
		name: source.name,
		sampleRateHz: source.sampleRateHz,
		// Planned quiet is the schedule's to know; the material's own pauses stay what they are.
		longestPauseMs: source.longestPauseMs,
		gate: { source, isSpeaking },
		read(startSample, out) {
			source.read(startSample, out);
			const end = startSample + out.length;
			for (let at = startSample; at < end; ) {
				const slot = Math.floor(at / step);
				const next = Math.min((slot + 1) * step, end);
				const before = isSpeaking((slot - 1) * fadeMs) ? 1 : 0;
				const now = isSpeaking(slot * fadeMs) ? 1 : 0;
				applyRamp(
					out.subarray(at - startSample, next - startSample),
					before,
					now,
					at - slot * step,
					step,
				);
				at = next;
			}
		},
	};
}

/** Multiplies by a gain that runs from `before` to `now` within one step, of which `offset` has passed. */
function applyRamp(out: Int16Array, before: number, now: number, offset: number, step: number) {
	if (before === 1 && now === 1) return;
	if (before === 0 && now === 0) {
		out.fill(0);
		return;
	}
	for (let i = 0; i < out.length; i++) {
		const gain = before + ((now - before) * (offset + i)) / step;
		out[i] = Math.round((out[i] ?? 0) * gain);
	}
}
