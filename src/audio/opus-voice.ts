import type { OpusPacket, OpusTape } from "./opus-tape.js";
import { frameMs } from "./pacing.js";

/**
 * One publisher who speaks at times: switches between two tapes, frame by frame, and encodes nothing. The
 * switch is hard (no fade between frames); a decoder smooths it over its overlap of 2.5 ms.
 */
export class OpusVoice implements OpusTape {
	readonly #speech: OpusTape;
	readonly #silence: OpusTape;
	readonly #isSpeaking: (atMs: number) => boolean;
	/** The first frame of the silence that lasts; undefined while speaking. */
	#silentSince: number | undefined;

	/** @param isSpeaking asked with media time: milliseconds since frame 0 */
	constructor(tapes: {
		readonly speech: OpusTape;
		readonly silence: OpusTape;
		readonly isSpeaking: (atMs: number) => boolean;
	}) {
		this.#speech = tapes.speech;
		this.#silence = tapes.silence;
		this.#isSpeaking = tapes.isSpeaking;
	}

	/** Frames are wanted in rising order; some may be left out. */
	packetAt(frame: number): OpusPacket {
		if (this.#isSpeaking(frame * frameMs)) {
			this.#silentSince = undefined;
			return this.#speech.packetAt(frame);
		}
		this.#silentSince ??= frame;
		return this.#silence.packetAt(frame - this.#silentSince);
	}
}
