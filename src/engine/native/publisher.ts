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
import type { Ticker } from "../../clock/ticker.js";

const samplesPerFrame = 960;
/** libwebrtc's own queue: deep enough for one late tick, shallow enough not to add delay. */
const queueMs = 200;

/** Publishes a PCM source as a microphone track, frame by frame, paced by the worker's one clock. */
export class NativePublisher {
	readonly #source: AudioSource;
	readonly #track: LocalAudioTrack;
	readonly #pacer: FramePacer;
	readonly #pcm: PcmSource;
	/** Number of the material's frame that is published first. */
	readonly #firstFrame: number;
	#stopTicking: () => void = () => {};

	private constructor(pcm: PcmSource, startMs: number, mediaZeroAtMs: number) {
		this.#pcm = pcm;
		this.#source = new AudioSource(pcm.sampleRateHz, 1, queueMs);
		this.#track = LocalAudioTrack.createAudioTrack("audio", this.#source);
		this.#pacer = new FramePacer({ startMs });
		this.#firstFrame = Math.max(0, Math.round((startMs - mediaZeroAtMs) / frameMs));
	}

	/** Resolves when the server has acknowledged the track. */
	static async publish(
		room: Room,
		options: {
			pcm: PcmSource;
			dtx: boolean;
			ticker: Ticker;
			startMs: number;
			mediaZeroAtMs: number;
		},
	): Promise<NativePublisher> {
		const publisher = new NativePublisher(options.pcm, options.startMs, options.mediaZeroAtMs);
		const publish = new TrackPublishOptions({
			source: TrackSource.SOURCE_MICROPHONE,
			dtx: options.dtx,
			red: false,
		});
		await room.localParticipant?.publishTrack(publisher.#track, publish);
		publisher.#stopTicking = options.ticker.add((nowMs) => publisher.#sendDue(nowMs));
		return publisher;
	}

	get framesSent(): number {
		return this.#pacer.sent;
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
