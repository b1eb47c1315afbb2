import { AudioStream, type RemoteTrack } from "@livekit/rtc-node";
import type { Clock } from "../../clock/clock.js";

const frameSizeMs = 20;

/** What came out of the decoder. */
export interface Recording {
	/** 48 kHz, mono. */
	readonly pcm: Int16Array;
	/** When the first sample was heard. */
	readonly startMs: number;
}

/** Records the decoded audio of a remote track from now on. */
export class Recorder {
	readonly #reader: ReadableStreamDefaultReader<{ data: Int16Array }>;
	readonly #frames: Int16Array[] = [];
	#samples = 0;
	#startMs = Number.POSITIVE_INFINITY;

	constructor(track: RemoteTrack, clock: Clock) {
		const stream = new AudioStream(track, { sampleRate: 48_000, numChannels: 1, frameSizeMs });
		this.#reader = stream.getReader();
		void this.#read(clock);
	}

	/** Nothing that came so far, but what comes from now on. */
	restart(): void {
		this.#frames.length = 0;
		this.#samples = 0;
		this.#startMs = Number.POSITIVE_INFINITY;
	}

	/** Ends it. Undefined where not one frame came. */
	stop(): Recording | undefined {
		const { length } = this.#frames;
		// Fails only where the room has already ended the stream.
		this.#reader.cancel().catch(() => {});
		if (length === 0) return undefined;
		const pcm = new Int16Array(this.#samples);
		let at = 0;
		for (const frame of this.#frames.splice(0)) {
			pcm.set(frame, at);
			at += frame.length;
		}
		return { pcm, startMs: this.#startMs };
	}

	async #read(clock: Clock): Promise<void> {
		for (;;) {
			const frame = await this.#reader.read().catch(() => undefined);
			if (frame === undefined || frame.done) return;
			this.#frames.push(frame.value.data);
			this.#samples += frame.value.data.length;
			// A frame may be told late, never early: the earliest reckoning is the true one.
			this.#startMs = Math.min(this.#startMs, clock.nowMs() - this.#samples / 48);
		}
	}
}
