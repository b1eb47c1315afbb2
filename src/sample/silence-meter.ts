/** −60 dBov as mean square of full scale: (10^(−60/20))². Below it a listener hears nothing. */
export const silencePower = 1e-6;

/** What became certain in one window about a track that should be audible. */
export interface SilenceJudgement {
	/** Silence that should not have been. Never more than `audibleMs`. */
	readonly silentMs: number;
	/** Time now judged, in which a voice was due. */
	readonly audibleMs: number;
}

/**
 * Tells a fault from a pause: silence as long as the longest pause of the material is none. Until it
 * is known which of the two a silent stretch is, its windows are held back; they are handed out with
 * the window that settles it. So silence / audible time stays exact over any stretch, and one stretch
 * is never half fault, half pause.
 */
export class SilenceMeter {
	readonly #longestPauseMs: number;
	/** By track: silence held back because it may yet turn out to be a pause, or `fault`. */
	readonly #stretches = new Map<string, number | "fault">();

	/** @param longestPauseMs of the published material, see `PcmSource` */
	constructor(longestPauseMs: number) {
		this.#longestPauseMs = longestPauseMs;
	}

	/**
	 * @param energy Δ totalAudioEnergy of the window (W3C: square of the level, times seconds)
	 * @param durationMs how long the window was on the decoder's clock, > 0
	 */
	judge(trackId: string, energy: number, durationMs: number): SilenceJudgement {
		const stretch = this.#stretches.get(trackId);
		const heldMs = typeof stretch === "number" ? stretch : 0;
		const judgedMs = heldMs + durationMs;
		if (energy / (durationMs / 1000) >= silencePower) {
			this.#stretches.delete(trackId);
			return { silentMs: 0, audibleMs: judgedMs };
		}
		if (stretch !== "fault" && judgedMs <= this.#longestPauseMs) {
			this.#stretches.set(trackId, judgedMs);
			return { silentMs: 0, audibleMs: 0 };
		}
		this.#stretches.set(trackId, "fault");
		return { silentMs: judgedMs, audibleMs: judgedMs };
	}

	/** Drops what is held back for a track: it vanished, or silence no longer matters on it. */
	forget(trackId: string): void {
		this.#stretches.delete(trackId);
	}
}
