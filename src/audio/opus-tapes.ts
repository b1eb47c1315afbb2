import { OpusPacketCache } from "./opus-packets.js";
import { OpusSilence } from "./opus-silence.js";
import type { OpusTape } from "./opus-tape.js";
import { OpusVoice } from "./opus-voice.js";
import type { PcmSource } from "./pcm-source.js";

/** The Opus material of a worker: every source is encoded once, however many publish it. */
export class OpusTapes {
	readonly #tapes = {
		plain: new WeakMap<PcmSource, OpusTape>(),
		dtx: new WeakMap<PcmSource, OpusTape>(),
	};
	readonly #silences = new Map<boolean, OpusTape>();

	/**
	 * The tape for one publisher. A gated source (`talkGate`) gives a voice of its own over shared tapes.
	 * @throws Error for a source that neither repeats nor is gated
	 */
	tapeFor(source: PcmSource, dtx: boolean): OpusTape {
		const { gate } = source;
		if (!gate) return this.#shared(source, dtx);
		const speech = this.#shared(gate.source, dtx);
		return new OpusVoice({ speech, silence: this.#silence(dtx), isSpeaking: gate.isSpeaking });
	}

	#shared(source: PcmSource, dtx: boolean): OpusTape {
		const tapes = dtx ? this.#tapes.dtx : this.#tapes.plain;
		const known = tapes.get(source);
		if (known) return known;
		const tape = new OpusPacketCache(source, { dtx });
		tapes.set(source, tape);
		return tape;
	}

	#silence(dtx: boolean): OpusTape {
		const known = this.#silences.get(dtx);
		if (known) return known;
		const silence = new OpusSilence({ dtx });
		this.#silences.set(dtx, silence);
		return silence;
	}
}
