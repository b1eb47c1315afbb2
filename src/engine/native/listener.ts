import { AudioStream, type RemoteTrack } from "@livekit/rtc-node";

/** Frames cross from libwebrtc one by one, and each costs: large ones are cheap. */
const frameMs = 100;
/** How finely the first sound is placed within a frame. */
const blockMs = 10;
const samplesPerBlock = 48 * blockMs;
/** −50 dBFS: above an encoder's comfort noise, below quiet speech. */
const audibleRms = 0.00316 * 32_768;

/**
 * Takes the decoded audio of remote tracks, so that libwebrtc decodes them at all (a track without a
 * listener is received and thrown away), and tells the first frame that can be heard.
 */
export class NativeListener {
	readonly #streams = new Map<string, ReadableStreamDefaultReader<{ data: Int16Array }>>();
	readonly #identities = new Map<string, string>();
	readonly #onHeard: (agoMs: number) => void;
	#heard = false;

	/** @param onHeard told once, with how long ago the first sound was decoded */
	constructor(onHeard: (agoMs: number) => void) {
		this.#onHeard = onHeard;
	}

	listen(track: RemoteTrack, publisherIdentity: string): void {
		const sid = track.sid ?? "";
		const stream = new AudioStream(track, {
			sampleRate: 48_000,
			numChannels: 1,
			frameSizeMs: frameMs,
		});
		const reader = stream.getReader();
		this.#streams.set(sid, reader);
		this.#identities.set(sid, publisherIdentity);
		// A stream that breaks off is heard no more, and no reason to end the process.
		this.#drain(reader).catch(() => {});
	}

	unlisten(trackSid: string): void {
		// Cancelling fails only where the room has already ended the stream.
		this.#streams
			.get(trackSid)
			?.cancel()
			.catch(() => {});
		this.#streams.delete(trackSid);
		this.#identities.delete(trackSid);
	}

	close(): void {
		for (const sid of [...this.#streams.keys()]) this.unlisten(sid);
	}

	identityOf(trackSid: string): string | undefined {
		return this.#identities.get(trackSid);
	}

	async #drain(reader: ReadableStreamDefaultReader<{ data: Int16Array }>): Promise<void> {
		for (;;) {
			const frame = await reader.read();
			if (frame.done) return;
			const soundAt = this.#heard ? -1 : firstSound(frame.value.data);
			if (soundAt < 0) continue;
			this.#heard = true;
			this.#onHeard((frame.value.data.length - soundAt) / 48);
		}
	}
}

/** Where the first block begins that can be heard; −1 in silence. */
function firstSound(samples: Int16Array): number {
	for (let at = 0; at < samples.length; at += samplesPerBlock) {
		if (rms(samples.subarray(at, at + samplesPerBlock)) > audibleRms) return at;
	}
	return -1;
}

function rms(samples: Int16Array): number {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	return Math.sqrt(sum / Math.max(1, samples.length));
}
