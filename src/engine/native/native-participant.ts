import {
	DisconnectReason,
	type RemoteParticipant,
	type RemoteTrackPublication,
	Room,
	RoomEvent,
	SimulateScenarioKind,
	TrackKind,
} from "@livekit/rtc-node";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import { within } from "../../clock/within.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { FailureCause } from "../../participant/failure.js";
import type { MediaTotals } from "../../sample/media-totals.js";
import type { Blow } from "../../scenario/fault.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import { watchFirstPackets } from "./first-packets.js";
import { guardRoom } from "./guard-room.js";
import { NativeListener } from "./listener.js";
import { NativeData } from "./native-data.js";
import { NativePublisher } from "./publisher.js";
import { readCandidatePairs, readInbound, readOutbound, readRttMs } from "./rtc-stats.js";

/** rtc-node answers nothing once its room is gone; no call may wait on it for longer. */
const callWithinMs = 5_000;

const causeByReason: Partial<Record<DisconnectReason, FailureCause>> = {
	[DisconnectReason.DUPLICATE_IDENTITY]: "duplicate-identity",
	[DisconnectReason.SERVER_SHUTDOWN]: "server-shutdown",
	[DisconnectReason.ROOM_DELETED]: "room-deleted",
	[DisconnectReason.ROOM_CLOSED]: "room-deleted",
};

const kindOfBlow: Readonly<Record<Blow, SimulateScenarioKind>> = {
	"signal-drop": SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT,
	"full-reconnect": SimulateScenarioKind.SIMULATE_FULL_RECONNECT,
	"node-migration": SimulateScenarioKind.SIMULATE_MIGRATION,
	"server-leave": SimulateScenarioKind.SIMULATE_SERVER_LEAVE,
};

export interface NativeContext {
	readonly clock: Clock;
	/** As in `EngineOptions`. */
	readonly sharedOffsetMs?: (() => number) | undefined;
	readonly ticker: Ticker;
	/** The TURN leg runs through the local TLS bridge. */
	readonly relayIsBridged: boolean;
	/** Track sid by `mid`, as the server last told. */
	readonly sidByMid: () => Readonly<Record<string, string>>;
	readonly onLeft: () => void;
}

/** A participant living in an rtc-node Room. */
export class NativeParticipant implements EngineParticipant {
	readonly room = new Room();
	readonly #order: JoinOrder;
	readonly #observer: EngineObserver;
	readonly #context: NativeContext;
	readonly #listener: NativeListener;
	readonly #data: NativeData;
	#publisher: NativePublisher | undefined;
	#left: Promise<void> | undefined;

	constructor(order: JoinOrder, observer: EngineObserver, context: NativeContext) {
		this.#order = order;
		this.#observer = observer;
		this.#context = context;
		const { clock } = context;
		guardRoom(this.room);
		this.#listener = new NativeListener((agoMs) =>
			observer.onStage("heard", clock.nowMs() - agoMs),
		);
		const { data: stream, hearsData: receives = false } = order;
		const { ticker, sharedOffsetMs } = context;
		this.#data = new NativeData(this.room, { stream, receives, clock, ticker, sharedOffsetMs });
		this.room
			.on(RoomEvent.TrackSubscribed, (track, _publication, remote) =>
				this.#listener.listen(track, remote.identity),
			)
			.on(RoomEvent.TrackUnsubscribed, (track) => this.#listener.unlisten(track.sid ?? ""))
			.on(RoomEvent.TrackPublished, () => this.#subscribeUpToLimit())
			.on(RoomEvent.TrackUnpublished, () => {
				this.#subscribeUpToLimit();
				this.#tellOfSilence();
			})
			.on(RoomEvent.ParticipantDisconnected, () => this.#tellOfSilence())
			.on(RoomEvent.Reconnecting, () => observer.onReconnecting(clock.nowMs(), "unknown"))
			.on(RoomEvent.Reconnected, () => observer.onReconnected(clock.nowMs()))
			.on(RoomEvent.Disconnected, (reason) => this.#onDisconnected(reason));
	}

	/** What follows once the peer connection is up: publish, subscribe, watch for the first packets. */
	async begin(): Promise<void> {
		this.#subscribeUpToLimit();
		const { publish: pcm, dtx, mediaZeroAtMs, signal } = this.#order;
		const { clock, ticker } = this.#context;
		if (pcm) {
			const parts = { pcm, dtx, clock, ticker, mediaZeroAtMs };
			this.#publisher = await NativePublisher.publish(this.room, parts);
		}
		this.#data.begin();
		void watchFirstPackets({
			stats: () => this.#stats(),
			wantsSent: pcm !== undefined,
			wantsReceived: this.#order.subscribe !== 0,
			clock,
			signal,
			onStage: (stage, atMs) => this.#observer.onStage(stage, atMs),
		});
	}

	async candidatePairs(): Promise<CandidatePair[]> {
		const stats = await this.#stats();
		return stats ? readCandidatePairs(stats, this.#context.relayIsBridged) : [];
	}

	async mediaTotals(): Promise<MediaTotals | undefined> {
		const stats = await this.#stats();
		if (!stats) return undefined;
		const rttMs = readRttMs(stats);
		const data = this.#data.totals();
		const sidByMid = this.#context.sidByMid();
		const identityOf = (trackId: string, mid: string) =>
			this.#listener.identityOf(trackId) ?? this.#listener.identityOf(sidByMid[mid] ?? "");
		return {
			...readOutbound(stats),
			...(rttMs === undefined ? {} : { rttMs }),
			audioFramesLate: this.#publisher?.framesLate ?? 0,
			audioFramesDue: this.#publisher?.framesDue ?? 0,
			inbound: readInbound(stats, identityOf),
			...(data && { data }),
		};
	}

	async strike(blow: Blow): Promise<void> {
		const { signal } = this.#order;
		if (this.#left || signal.aborted) return;
		// Answered when the SDK has gone through with it; what became of it the events tell.
		void this.#answered(callWithinMs, this.room.simulateScenario(kindOfBlow[blow]));
	}

	leave(): Promise<void> {
		this.#left ??= this.#leave();
		return this.#left;
	}

	async #leave(): Promise<void> {
		this.#listener.close();
		this.#data.close();
		const { clock } = this.#context;
		const untilMs = clock.nowMs() + this.#order.leaveWithinMs;
		await this.#answered(untilMs - clock.nowMs(), this.#publisher?.close());
		// Where a remote participant died without a word, rtc-node at times never answers.
		await this.#answered(untilMs - clock.nowMs(), this.room.disconnect());
		this.room.removeAllListeners();
		this.#context.onLeft();
	}

	/** Undefined once the room is gone or when rtc-node does not answer. */
	async #stats() {
		if (this.#left || !this.room.isConnected) return undefined;
		return this.#answered(callWithinMs, this.room.getRtcStats());
	}

	/** What rtc-node answers, or undefined if it fails or takes longer. */
	#answered<T>(boundMs: number, call: Promise<T> | undefined): Promise<T | undefined> {
		const answer = Promise.resolve(call).catch(() => undefined);
		return within(this.#context.clock, boundMs, answer);
	}

	/** `subscribe: N`: keeps N audio tracks subscribed, the first ones published. */
	#subscribeUpToLimit(): void {
		const { subscribe } = this.#order;
		if (subscribe === "all") return;
		const publications = [...this.room.remoteParticipants.values()].flatMap(audioPublications);
		let free = subscribe - publications.filter(({ subscribed }) => subscribed).length;
		for (const publication of publications) {
			if (free <= 0) return;
			if (publication.subscribed) continue;
			publication.setSubscribed(true);
			free--;
		}
	}

	#tellOfSilence(): void {
		const remotes = [...this.room.remoteParticipants.values()];
		if (remotes.flatMap(audioPublications).length === 0) this.#observer.onNothingToHear?.();
	}

	#onDisconnected(reason: DisconnectReason): void {
		if (this.#left) return;
		const cause = causeByReason[reason] ?? "disconnected";
		const detail = `LiveKit: ${DisconnectReason[reason] ?? "UNKNOWN_REASON"}`;
		this.#observer.onDisconnected(this.#context.clock.nowMs(), { cause, detail });
	}
}

function audioPublications(remote: RemoteParticipant): RemoteTrackPublication[] {
	return [...remote.trackPublications.values()]
		.map((publication) => publication as RemoteTrackPublication)
		.filter(({ kind }) => kind === TrackKind.KIND_AUDIO);
}
