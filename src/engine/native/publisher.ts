import {
	AudioFrame,
	AudioSource,
	LocalAudioTrack,
	type Room,
	TrackPublishOptions,
	TrackSource,
} from "@livekit/rtc-node";
import { FramePacer, frameMs } from "../../audio/pacing.js";
import type { PcmSource } from "../../audio/pcm-source.js";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";

const samplesPerFrame = 960;
/** Frames are handed over this long before libwebrtc needs them, so that a busy moment here is not heard. */
const leadMs = 60;
const sendEveryMs = 10;
/** libwebrtc's own queue; must hold the lead and a catch-up. */
const queueMs = 200;

/** Publishes a PCM source as a microphone track, frame by frame, paced by the worker's one clock. */
export class NativePublisher {
	readonly #source: AudioSource;
	readonly #track: LocalAudioTrack;
	readonly #pacer: FramePacer;
	readonly #pcm: PcmSource;
	/** Number of the material's frame that is published first. */
	readonly #firstFrame: number;
	readonly #stopTicking: () => void;

	private constructor(parts: PublisherParts & { source: AudioSource; track: LocalAudioTrack }) {
		const startMs = parts.clock.nowMs();
		this.#pcm = parts.pcm;
		this.#source = parts.source;
		this.#track = parts.track;
		// Late is a frame that was not there when it was needed.
		this.#pacer = new FramePacer({ startMs: startMs - leadMs, toleranceMs: leadMs + frameMs });
		this.#firstFrame = Math.max(0, Math.round((startMs - parts.mediaZeroAtMs) / frameMs));
		this.#stopTicking = parts.ticker.add((nowMs) => this.#sendDue(nowMs), sendEveryMs);
	}

	/** Resolves when the server has acknowledged the track; frames flow from then on. */
	static async publish(room: Room, parts: PublisherParts): Promise<NativePublisher> {
		const source = new AudioSource(parts.pcm.sampleRateHz, 1, queueMs);
		const track = LocalAudioTrack.createAudioTrack("audio", source);
		const { dtx } = parts;
		const options = new TrackPublishOptions({
			source: TrackSource.SOURCE_MICROPHONE,
			dtx,
			red: false,
		});
		await room.localParticipant?.publishTrack(track, options);
		return new NativePublisher({ ...parts, source, track });
	}

	get framesDue(): number {
		return this.#pacer.sent + this.#pacer.skipped;
	}

	get framesLate(): number {
		return this.#pacer.late;
	}

	async close(): Promise<void> {
		this.#stopTicking();
		await this.#track.close(true);
	}

	#sendDue(nowMs: number): void {
		const due = this.#pacer.dueFrames(nowMs);
		for (let index = 0; index < due; index++) {
			const frame = this.#firstFrame + this.#pacer.firstDueFrame + index;
			const samples = new Int16Array(samplesPerFrame);
			this.#pcm.read(frame * samplesPerFrame, samples);
			// Rejects only when the source was closed under it, on leaving.
			this.#source
				.captureFrame(new AudioFrame(samples, this.#pcm.sampleRateHz, 1, samplesPerFrame))
				.catch(() => this.#stopTicking());
		}
	}
}

interface PublisherParts {
	readonly pcm: PcmSource;
	readonly dtx: boolean;
	readonly clock: Clock;
	readonly ticker: Ticker;
	/** When sample 0 of the material lies. */
	readonly mediaZeroAtMs: number;
}
