import { Encoder } from "@evan/opus";

/** One 20 ms frame at 48 kHz. */
export const samplesPerOpusFrame = 960;

/** What libwebrtc chooses by itself for a mono microphone. */
const bitsPerSecond = 32_000;
/** libwebrtc's on desktops. */
const complexity = 9;

/** An encoded frame that says no more than "nothing to hear": the TOC byte and at most one other. */
const longestDtxBytes = 2;

const nothing = new Uint8Array(0);

/**
 * Encodes 20 ms frames of 48 kHz mono as libwebrtc does: VoIP mode, 32 kb/s, variable rate, no FEC. With DTX
 * the first frame of a pause is sent, so that the decoder learns of it, then one every 400 ms (RFC 6716
 * 2.1.9) and again the frame after it; the others come back empty and are not to be sent.
 */
export class OpusEncoder {
	readonly #encoder = new Encoder({ channels: 1, sample_rate: 48_000, application: "voip" });
	#inPause = false;

	constructor(options: { readonly dtx: boolean }) {
		this.#encoder.bitrate = bitsPerSecond;
		this.#encoder.complexity = complexity;
		this.#encoder.inband_fec = false;
		this.#encoder.dtx = options.dtx;
	}

	/** @param pcm exactly 960 samples */
	encode(pcm: Int16Array): Uint8Array {
		const packet = this.#encoder.encode(pcm);
		const isPause = packet.length <= longestDtxBytes;
		const isOver = isPause && this.#inPause;
		this.#inPause = isPause;
		return isOver ? nothing : packet;
	}

	/** Forgets what went before. */
	reset(): void {
		this.#encoder.reset();
		this.#inPause = false;
	}
}
