import { silentLevel } from "./audio-level.js";
import { OpusEncoder, samplesPerOpusFrame } from "./opus-encoder.js";
import type { OpusPacket, OpusTape } from "./opus-tape.js";

/** DTX begins after 200 ms of silence and sends one frame every 400 ms from then on (RFC 6716 2.1.9). */
const leadFrames = 30;
const periodFrames = 20;

/**
 * What a publisher sends from the moment it falls silent: frame 0 is the first silent one. Without DTX a
 * small packet every 20 ms, with DTX soon only one every 400 ms.
 */
export class OpusSilence implements OpusTape {
	readonly #packets: readonly OpusPacket[];

	constructor(options: { readonly dtx: boolean }) {
		const encoder = new OpusEncoder(options);
		const silence = new Int16Array(samplesPerOpusFrame);
		this.#packets = Array.from({ length: leadFrames + periodFrames }, () => ({
			payload: Uint8Array.from(encoder.encode(silence)),
			level: silentLevel,
		}));
	}

	packetAt(frame: number): OpusPacket {
		const place = frame < leadFrames ? frame : leadFrames + ((frame - leadFrames) % periodFrames);
		const packet = this.#packets[place];
		if (!packet) throw new RangeError(`no frame ${frame} of silence`);
		return packet;
	}
}
