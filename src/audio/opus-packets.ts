import { audioLevel } from "./audio-level.js";
import { OpusEncoder, samplesPerOpusFrame } from "./opus-encoder.js";
import { FrameLoop } from "./opus-loop.js";
import type { OpusPacket, OpusTape } from "./opus-tape.js";
import type { PcmSource } from "./pcm-source.js";

/**
 * Frames that are encoded and thrown away before the first kept one: half a second. A decoder has converged
 * after 80 ms (RFC 7845 4.6), and DTX begins 200 to 400 ms into a pause.
 */
const warmUpFrames = 25;
/** Packets lie in blocks of this size: one allocation for hundreds of them. */
const blockBytes = 64 * 1024;

/**
 * A looped PCM source as Opus packets, encoded once for all publishers of a worker. A frame is encoded when
 * it is first wanted (about 0.3 ms), so nothing is waited for at the start: publishers share one media clock
 * and want the same frames, and once round the loop there is nothing left to encode.
 *
 * The encoder is warmed up with what precedes its first frame in the loop, so that at the seam, where the
 * last encoded frame is followed by the first, the decoder's state fits.
 *
 * Memory: about 200 bytes a frame; ten minutes of material, the longest WAV, take 6 MB.
 */
export class OpusPacketCache implements OpusTape {
	readonly #loop: FrameLoop;
	readonly #encoder: OpusEncoder;
	readonly #packets: (OpusPacket | undefined)[];
	readonly #pcm = new Int16Array(samplesPerOpusFrame);
	/** The frame that the encoder's state precedes; undefined before the first. */
	#next: number | undefined;
	#encoded = 0;
	#block = Buffer.alloc(0);
	#blockUsed = 0;

	/** @throws Error for a source that never repeats */
	constructor(source: PcmSource, options: { readonly dtx: boolean }) {
		this.#loop = new FrameLoop(source);
		this.#encoder = new OpusEncoder(options);
		this.#packets = new Array<OpusPacket | undefined>(this.#loop.frames).fill(undefined);
	}

	/** Length of the loop. */
	get frames(): number {
		return this.#loop.frames;
	}

	/** How many frames of the loop are there already. */
	get encodedFrames(): number {
		return this.#encoded;
	}

	packetAt(frame: number): OpusPacket {
		const place = frame % this.#loop.frames;
		return this.#packets[place] ?? this.#encodeUpTo(place);
	}

	/** After a gap of up to the warm-up's length it is cheaper, and no worse, to encode the gap. */
	#encodeUpTo(place: number): OpusPacket {
		const { frames } = this.#loop;
		const gap = this.#next === undefined ? frames : (place - this.#next + frames) % frames;
		if (gap > Math.min(warmUpFrames, frames - 1)) {
			this.#encoder.reset();
			const first = place - warmUpFrames;
			for (let at = first; at < place; at++) this.#encode(((at % frames) + frames) % frames);
		} else {
			for (let at = place - gap; at < place; at++) this.#keep((at + frames) % frames);
		}
		return this.#keep(place);
	}

	#keep(place: number): OpusPacket {
		const encoded = this.#encode(place);
		const known = this.#packets[place];
		if (known) return known;
		const packet = { payload: this.#store(encoded), level: audioLevel(this.#pcm) };
		this.#packets[place] = packet;
		this.#encoded++;
		return packet;
	}

	#encode(place: number): Uint8Array {
		this.#loop.read(place, this.#pcm);
		this.#next = (place + 1) % this.#loop.frames;
		return this.#encoder.encode(this.#pcm);
	}

	#store(packet: Uint8Array): Uint8Array {
		if (this.#blockUsed + packet.length > this.#block.length) {
			const wanted = Math.min(blockBytes, this.#loop.frames * 100);
			this.#block = Buffer.allocUnsafeSlow(Math.max(wanted, packet.length));
			this.#blockUsed = 0;
		}
		const stored = this.#block.subarray(this.#blockUsed, this.#blockUsed + packet.length);
		stored.set(packet);
		this.#blockUsed += packet.length;
		return stored;
	}
}
