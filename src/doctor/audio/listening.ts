import {
	type RemoteTrack,
	type RemoteTrackPublication,
	RoomEvent,
	TrackKind,
} from "@livekit/rtc-node";
import { estimateMos } from "../../aggregate/mos.js";
import type { Clock } from "../../clock/clock.js";
import type { NativeParticipant } from "../../engine/native/native-participant.js";
import type { MediaTotals } from "../../sample/media-totals.js";
import { mediaWindow } from "../../sample/window-from-totals.js";
import { findMarker } from "./find-marker.js";
import type { HeardBy, HeardFigures, HeardMarker, HeardTrack } from "./heard.js";
import { markerDelayMs, measureMarker } from "./measure-marker.js";
import { Recorder, type Recording } from "./recorder.js";
import { soundOf } from "./sound.js";

export interface ListeningOptions {
	readonly participant: NativeParticipant;
	readonly identity: string;
	readonly publishes: boolean;
	/** When sample 0 of the marker was published. */
	readonly zeroMs: number;
	/** Identities of this examination. */
	readonly ours: ReadonlySet<string>;
	readonly clock: Clock;
}

/** One participant that listens to all there is. */
export class Listening {
	readonly identity: string;
	readonly #options: ListeningOptions;
	/** By identity of the publisher and sid of the track. */
	readonly #recorders = new Map<string, Recorder>();
	#before: { readonly totals: MediaTotals | undefined; readonly atMs: number } | undefined;

	constructor(options: ListeningOptions) {
		this.identity = options.identity;
		this.#options = options;
		const { room } = options.participant;
		room.on(RoomEvent.TrackSubscribed, (track, publication, { identity }) =>
			this.#record(identity, publication, track),
		);
		for (const [identity, publication] of this.#publications())
			if (publication.track) this.#record(identity, publication, publication.track as RemoteTrack);
	}

	/** Whether a track of theirs is being recorded. */
	records(publisher: string): boolean {
		return [...this.#recorders.keys()].some((key) => key.startsWith(`${publisher}/`));
	}

	/** From here on it counts. */
	async begin(): Promise<void> {
		for (const recorder of this.#recorders.values()) recorder.restart();
		await this.#readTotals();
	}

	async finish(): Promise<HeardBy> {
		const { participant, publishes, clock } = this.#options;
		const before = this.#before;
		const totals = await this.#readTotals();
		const elapsedMs = Math.max(1, clock.nowMs() - (before?.atMs ?? 0));
		const windows = totals && mediaWindow(before?.totals, totals, elapsedMs, () => "mixed").tracks;
		const figuresOf = (publisher: string): HeardFigures | undefined => {
			const index = totals?.inbound.findIndex((track) => track.publisherIdentity === publisher);
			const window = index === undefined ? undefined : windows?.[index];
			if (!window) return undefined;
			const lost = Math.max(0, window.packetsLost);
			return {
				packets: window.packetsReceived,
				lossShare: lost / Math.max(1, lost + window.packetsReceived),
				concealedShare: (window.concealedSamples ?? 0) / Math.max(1, window.totalSamples ?? 0),
				...(window.mos === undefined ? {} : { mos: window.mos }),
			};
		};
		return {
			...{ identity: this.identity, publishes, pairs: await participant.candidatePairs() },
			others: participant.room.remoteParticipants.size,
			packetsSent: totals?.packetsSent ?? 0,
			tracks: this.#publications().map(([publisher, publication]) =>
				this.#heard(publisher, publication, figuresOf(publisher)),
			),
		};
	}

	leave(): Promise<void> {
		for (const recorder of this.#recorders.values()) recorder.stop();
		return this.#options.participant.leave().catch(() => {});
	}

	#heard(
		publisher: string,
		publication: RemoteTrackPublication,
		figures: HeardFigures | undefined,
	): HeardTrack {
		const recording = this.#recorders.get(keyOf(publisher, publication))?.stop();
		const isOurs = this.#options.ours.has(publisher);
		const marker = recording && this.#markerIn(recording, isOurs);
		const better = figures && withDelay(figures, marker?.delayMs);
		return {
			...{ publisher, isOurs },
			isMuted: publication.muted ?? false,
			isSubscribed: publication.subscribed,
			...(recording && { sound: soundOf(recording.pcm) }),
			...(marker && { marker }),
			...(better && { figures: better }),
		};
	}

	#markerIn(recording: Recording, isOurs: boolean): HeardMarker | undefined {
		const match = findMarker(recording.pcm);
		if (!match) return undefined;
		const { ratio, score } = match;
		const isTimed = isOurs && ratio === 1;
		const { startMs } = recording;
		return {
			...{ ratio, score, ...measureMarker(recording.pcm, match) },
			...(isTimed && { delayMs: markerDelayMs(match, { startMs, zeroMs: this.#options.zeroMs }) }),
		};
	}

	#record(publisher: string, publication: RemoteTrackPublication, track: RemoteTrack): void {
		const key = keyOf(publisher, publication);
		if (track.kind !== TrackKind.KIND_AUDIO || this.#recorders.has(key)) return;
		this.#recorders.set(key, new Recorder(track, this.#options.clock));
	}

	#publications(): [string, RemoteTrackPublication][] {
		const remotes = [...this.#options.participant.room.remoteParticipants.values()];
		return remotes.flatMap((remote) =>
			[...remote.trackPublications.values()]
				.map((publication) => publication as RemoteTrackPublication)
				.filter(({ kind }) => kind === TrackKind.KIND_AUDIO)
				.map((publication): [string, RemoteTrackPublication] => [remote.identity, publication]),
		);
	}

	async #readTotals(): Promise<MediaTotals | undefined> {
		const totals = await this.#options.participant.mediaTotals().catch(() => undefined);
		this.#before = { totals, atMs: this.#options.clock.nowMs() };
		return totals;
	}
}

/** The measured delay is better than what the listener can reckon from its own half of the way. */
function withDelay(figures: HeardFigures, delayMs: number | undefined): HeardFigures {
	if (delayMs === undefined) return figures;
	const inputs = { oneWayDelayMs: Math.max(0, delayMs), lossRatio: figures.lossShare };
	return { ...figures, mos: estimateMos(inputs).mos };
}

function keyOf(publisher: string, publication: RemoteTrackPublication): string {
	return `${publisher}/${publication.sid ?? ""}`;
}
