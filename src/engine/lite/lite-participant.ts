import { type JoinResponse, ReconnectReason, SyncState, TrackType } from "@livekit/protocol";
import type { OpusTape } from "../../audio/opus-tape.js";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import { within } from "../../clock/within.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { MediaTotals } from "../../sample/media-totals.js";
import type { ConnectStage } from "../../sample/stage.js";
import type { Blow } from "../../scenario/fault.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import { LiteData } from "./lite-data.js";
import type { PeerOptions, RelayProtocol } from "./peer.js";
import { PeerPair } from "./peer-pair.js";
import { Publication } from "./publication.js";
import { SignalClient } from "./signal/signal-client.js";
import type { SignalListener } from "./signal/signal-listener.js";
import { sdkLimits } from "./signal/signal-state.js";
import { Subscriptions } from "./subscriptions.js";

export interface LiteContext {
	readonly clock: Clock;
	/** As in `EngineOptions`. */
	readonly sharedOffsetMs?: (() => number) | undefined;
	readonly ticker: Ticker;
	readonly version: string;
	readonly turn: PeerOptions["turn"];
	readonly relayProtocol: RelayProtocol;
	readonly tape: OpusTape | undefined;
	/** 0-based number of this participant on its worker. */
	readonly number: number;
}

const nothingSent = { packetsSent: 0, bytesSent: 0, audioFramesLate: 0, audioFramesDue: 0 };

/** A LiveKit participant on libdatachannel: its signalling, the peer connections of its session, its media. */
export class LiteParticipant implements EngineParticipant {
	readonly signal: SignalClient;
	/** Resolves when the needed peer connections are up, rejects when one of them fails before. */
	readonly connected: Promise<void>;
	readonly #order: JoinOrder;
	readonly #observer: EngineObserver;
	readonly #context: LiteContext;
	readonly #subscriptions: Subscriptions;
	readonly #data: LiteData;
	#settle = { resolve: () => {}, reject: (_error: Error) => {} };
	#isConnected = false;
	readonly #reached = new Set<ConnectStage>();
	#peers: PeerPair | undefined;
	#publication: Publication | undefined;
	/** By the publications of sessions that are over. */
	#sentBefore = nothingSent;
	#signalRttMs: number | undefined;
	#left: Promise<void> | undefined;

	constructor(order: JoinOrder, observer: EngineObserver, context: LiteContext) {
		this.#order = order;
		this.#observer = observer;
		this.#context = context;
		const { clock, ticker, version, sharedOffsetMs } = context;
		const { url, token, tlsInsecure, signal } = order;
		this.connected = new Promise((resolve, reject) => {
			this.#settle = { resolve, reject };
		});
		// It may fail while nobody waits for it yet.
		this.connected.catch(() => {});
		const { data: stream, hearsData: receives = false } = order;
		this.#data = new LiteData({ stream, receives, clock, ticker, sharedOffsetMs });
		this.#subscriptions = new Subscriptions({
			...{ clock, ticker, limit: order.subscribe },
			onFirstReceived: (atMs) => observer.onStage("media", atMs),
			subscribe: (sid) => this.signal.send.updateSubscription([sid], true),
		});
		this.signal = new SignalClient({
			...{ url, token, tlsInsecure, signal, clock, clientVersion: version },
			autoSubscribe: order.subscribe === "all",
			// A resumed session wants its ICE restarted, which libdatachannel cannot: it begins anew instead.
			limits: { ...sdkLimits, spread: Math.random(), mayResume: false },
			listener: this.#listener(),
		});
	}

	/** Stages of the peer connections so far. */
	get reached(): ReadonlySet<ConnectStage> {
		return this.#reached;
	}

	async candidatePairs(): Promise<CandidatePair[]> {
		return this.#peers?.candidatePairs() ?? [];
	}

	async mediaTotals(): Promise<MediaTotals | undefined> {
		if (this.#left) return undefined;
		const rttMs = this.#publication?.rttMs ?? this.#signalRttMs;
		const data = this.#data.totals();
		return {
			...this.#sent(),
			...(rttMs === undefined ? {} : { rttMs }),
			inbound: this.#subscriptions.totals(),
			...(data && { data }),
		};
	}

	/** Over all sessions: a restart must not look like going back. */
	#sent(): typeof nothingSent {
		const now = this.#publication?.totals() ?? nothingSent;
		const before = this.#sentBefore;
		return {
			packetsSent: before.packetsSent + now.packetsSent,
			bytesSent: before.bytesSent + now.bytesSent,
			audioFramesLate: before.audioFramesLate + now.audioFramesLate,
			audioFramesDue: before.audioFramesDue + now.audioFramesDue,
		};
	}

	/** The SDKs play the first two on their own side; the server is asked for the others. */
	async strike(blow: Blow): Promise<void> {
		switch (blow) {
			case "signal-drop":
				return this.signal.cut();
			case "full-reconnect":
				return this.signal.reconnect("restart", ReconnectReason.RR_UNKNOWN);
			case "node-migration":
				return this.signal.send.simulate({ case: "migration", value: true });
			case "server-leave":
				return this.signal.send.simulate({ case: "serverLeave", value: true });
		}
	}

	watchArrivals(onArrival: (atMs: number) => void): () => void {
		return this.#subscriptions.watchArrivals(onArrival);
	}

	leave(): Promise<void> {
		this.#left ??= this.#leave();
		return this.#left;
	}

	async #leave(): Promise<void> {
		this.#publication?.end();
		this.#data.end();
		this.#subscriptions.close();
		try {
			await within(this.#context.clock, this.#order.leaveWithinMs, this.signal.leave());
		} finally {
			// Whatever became of the good-bye: their sockets and threads are not given back by themselves.
			this.#peers?.close();
		}
	}

	#listener(): SignalListener {
		const observer = this.#observer;
		return {
			onSocket: (atMs) => observer.onStage("socket", atMs),
			onJoin: (join, atMs, isRestart) => {
				if (!isRestart) this.#welcome(join, atMs);
				this.#begin(join);
			},
			onResumed: () => new SyncState(),
			onOffer: (offer) => this.#peers?.onOffer(offer),
			onAnswer: (answer) => this.#peers?.onAnswer(answer),
			onTrickle: (target, init) => this.#peers?.onTrickle(target, init),
			onTrackPublished: () => this.#peers?.offer(),
			onParticipantUpdate: (participants) => {
				this.#subscriptions.onParticipants(participants, this.signal.participantSid);
				if (this.#subscriptions.published === 0) observer.onNothingToHear?.();
			},
			onRtt: (rttMs) => {
				this.#signalRttMs = rttMs;
			},
			onReconnecting: (atMs, how) => observer.onReconnecting(atMs, how),
			onReconnected: (atMs) => observer.onReconnected(atMs),
			onDisconnected: (atMs, failure) => {
				if (!this.#left) observer.onDisconnected(atMs, failure);
			},
			onTrackUnpublished: () => {},
			onTrackSubscribed: () => {},
			onSpeakers: () => {},
			onConnectionQuality: () => {},
			onSubscriptionPermission: () => {},
			onSubscriptionFailed: () => {},
			onRequestResponse: () => {},
			onRemoteMute: () => {},
			onRoomUpdate: () => {},
			onRoomMoved: () => {},
		};
	}

	#welcome(join: JoinResponse, atMs: number): void {
		this.#observer.onStage("joined", atMs);
		const tracks = join.otherParticipants.flatMap((other) => other.tracks);
		this.#observer.onWelcome({
			serverVersion: join.serverInfo?.version || join.serverVersion,
			remoteAudioTracks: tracks.filter(({ type, muted }) => type === TrackType.AUDIO && !muted)
				.length,
			mayPublishData: join.participant?.permission?.canPublishData ?? true,
		});
	}

	/** A new session: at the join, and again after each restart. */
	#begin(join: JoinResponse): void {
		this.#publication?.end();
		this.#sentBefore = this.#sent();
		this.#publication = undefined;
		this.#peers?.close();
		this.#subscriptions.onParticipants(join.otherParticipants, join.participant?.sid);
		const { clock, ticker, number, tape, turn, relayProtocol } = this.#context;
		const order = this.#order;
		this.#peers = new PeerPair({
			...{ order, clock, ticker, turn, relayProtocol, join, send: this.signal.send },
			publishes: tape !== undefined,
			onStage: (stage, atMs) => this.#onStage(stage, atMs),
			onPublisherUp: (answer) => this.#publication?.begin(answer),
			onAnnounced: (tracks) => this.#subscriptions.announce(tracks),
			onTrack: (track, sid) => this.#subscriptions.onTrack(track, sid),
			onRtp: (packet, atMs) => this.#subscriptions.onEncrypted(packet, atMs),
			...(order.hearsData && { onDataChannel: (channel) => this.#data.listen(channel) }),
			onLost: (reason) => this.#onLost(reason),
		});
		const { publisher: peer } = this.#peers;
		this.#data.begin(tape && peer);
		if (!peer || !tape) return;
		const { dtx, identity: cid, mediaZeroAtMs } = order;
		this.#publication = new Publication({
			...{ peer, cid, tape, dtx, number, clock, ticker, mediaZeroAtMs },
			onFirstSent: (atMs) => this.#observer.onStage("published", atMs),
		});
		this.signal.send.addTrack(this.#publication.request());
	}

	#onStage(stage: ConnectStage, atMs: number): void {
		this.#observer.onStage(stage, atMs);
		this.#reached.add(stage);
		if (stage !== "dtls") return;
		this.#isConnected = true;
		this.#settle.resolve();
		this.signal.recovered();
	}

	/** A new session is the way on; but a join that never connected has failed, and is not tried again. */
	#onLost(reason: ReconnectReason): void {
		if (this.#isConnected) this.signal.reconnect("restart", reason);
		else this.#settle.reject(new Error("a peer connection failed"));
	}
}
