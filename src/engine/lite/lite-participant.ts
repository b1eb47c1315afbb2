import {
	type JoinResponse,
	ReconnectReason,
	SessionDescription,
	SignalTarget,
	SyncState,
	TrackPublishedResponse,
} from "@livekit/protocol";
import type { Track } from "node-datachannel";
import type { OpusTape } from "../../audio/opus-tape.js";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { MediaTotals } from "../../sample/media-totals.js";
import type { Stage } from "../../sample/stage.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import { Peer, type PeerOptions, type RelayProtocol } from "./peer.js";
import { Publication } from "./publication.js";
import { SignalClient } from "./signal/signal-client.js";
import type { SignalListener } from "./signal/signal-listener.js";
import { Subscriptions } from "./subscriptions.js";

export interface LiteContext {
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly version: string;
	readonly turn: PeerOptions["turn"];
	readonly relayProtocol: RelayProtocol;
	readonly tape: OpusTape | undefined;
	/** 0-based number of this participant on its worker. */
	readonly number: number;
}

/** Each peer connection reaches these; the stage is reached with the last of them that is needed. */
type PeerStage = Extract<Stage, "gathered" | "ice" | "dtls">;

/** A LiveKit participant on libdatachannel: signalling, a subscriber's and, if it publishes, a publisher's peer. */
export class LiteParticipant implements EngineParticipant {
	readonly signal: SignalClient;
	readonly #order: JoinOrder;
	readonly #observer: EngineObserver;
	readonly #context: LiteContext;
	readonly #subscriptions: Subscriptions;
	readonly #reached: Record<PeerStage, Set<string>> = {
		gathered: new Set(),
		ice: new Set(),
		dtls: new Set(),
	};
	readonly connected: Promise<void>;
	#onConnected: () => void = () => {};
	#subscriber: Peer | undefined;
	#publisher: Peer | undefined;
	#publication: Publication | undefined;
	/** The peer connections without which we are not connected. */
	#needed: readonly string[] = [];
	#answer = "";
	/** What a resumed session is told again. */
	#lastOffer: SessionDescription | undefined;
	#lastAnswer: SessionDescription | undefined;
	#published: TrackPublishedResponse | undefined;
	/** Track sid by `mid` of the subscriber's peer connection. */
	#sidByMid = new Map<string, string>();
	#signalRttMs: number | undefined;
	#left: Promise<void> | undefined;

	constructor(order: JoinOrder, observer: EngineObserver, context: LiteContext) {
		this.#order = order;
		this.#observer = observer;
		this.#context = context;
		const { clock, ticker, version } = context;
		this.connected = new Promise((resolve) => {
			this.#onConnected = resolve;
		});
		this.#subscriptions = new Subscriptions({
			...{ clock, ticker, limit: order.subscribe },
			onFirstReceived: (atMs) => observer.onStage("media", atMs),
			subscribe: (sid) => this.signal.send.updateSubscription([sid], true),
		});
		this.signal = new SignalClient({
			...{
				url: order.url,
				token: order.token,
				tlsInsecure: order.tlsInsecure,
				signal: order.signal,
			},
			...{ autoSubscribe: order.subscribe === "all", clientVersion: version, clock },
			listener: this.#listener(),
		});
	}

	get gathered(): boolean {
		return this.#reached.gathered.size > 0;
	}

	async candidatePairs(): Promise<CandidatePair[]> {
		const { relayProtocol } = this.#context;
		const publisher = this.#publisher?.pair(relayProtocol);
		const subscriber = this.#subscriber?.pair(relayProtocol);
		return [
			...(publisher ? [{ peer: "publisher" as const, ...publisher }] : []),
			...(subscriber ? [{ peer: "subscriber" as const, ...subscriber }] : []),
		];
	}

	async mediaTotals(): Promise<MediaTotals | undefined> {
		if (this.#left) return undefined;
		const rttMs = this.#publication?.rttMs ?? this.#signalRttMs;
		const nothing = { packetsSent: 0, bytesSent: 0, audioFramesLate: 0, audioFramesDue: 0 };
		return {
			...(this.#publication?.totals() ?? nothing),
			...(rttMs === undefined ? {} : { rttMs }),
			inbound: this.#subscriptions.totals(),
		};
	}

	leave(): Promise<void> {
		this.#left ??= this.#leave();
		return this.#left;
	}

	async #leave(): Promise<void> {
		this.#publication?.end();
		this.#subscriptions.close();
		await this.signal.leave();
		this.#publisher?.close();
		this.#subscriber?.close();
	}

	#listener(): SignalListener {
		const observer = this.#observer;
		return {
			onSocket: (atMs) => observer.onStage("socket", atMs),
			onJoin: (join, atMs, isRestart) => this.#onJoin(join, atMs, isRestart),
			onResumed: () => this.#onResumed(),
			onOffer: (offer) => this.#onOffer(offer),
			onAnswer: (answer) => this.#onAnswer(answer),
			onTrickle: (target, candidateInit) => this.#onTrickle(target, candidateInit),
			onTrackPublished: (cid, track) => {
				this.#published = new TrackPublishedResponse({ cid, track });
				this.#offer();
			},
			onParticipantUpdate: (participants) =>
				this.#subscriptions.onParticipants(participants, this.signal.participantSid),
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

	#onJoin(join: JoinResponse, atMs: number, isRestart: boolean): void {
		if (!isRestart) {
			this.#observer.onStage("joined", atMs);
			this.#observer.onWelcome({
				serverVersion: join.serverInfo?.version || join.serverVersion,
				remoteAudioTracks: join.otherParticipants
					.flatMap(({ tracks }) => tracks)
					.filter(({ type, muted }) => type === 0 && !muted).length,
			});
		}
		this.#publication?.end();
		this.#publisher?.close();
		this.#subscriber?.close();
		this.#subscriptions.onParticipants(join.otherParticipants, join.participant?.sid);
		this.#subscriber = this.#peer("subscriber", SignalTarget.SUBSCRIBER);
		this.#subscriber.connection.onTrack((track) => this.#onTrack(track));
		const { tape } = this.#context;
		// The primary peer connection is the one whose loss ends the session; the server tells which it is.
		this.#needed = [
			...(join.subscriberPrimary ? ["subscriber"] : []),
			...(tape || !join.subscriberPrimary ? ["publisher"] : []),
		];
		if (!this.#needed.includes("publisher")) return;
		this.#publisher = this.#peer("publisher", SignalTarget.PUBLISHER);
		if (!tape) {
			this.#publisher.connection.createDataChannel("_reliable");
			this.#offer();
			return;
		}
		const { dtx, identity, mediaZeroAtMs } = this.#order;
		const { clock, ticker, number } = this.#context;
		this.#publication = new Publication({
			...{ peer: this.#publisher, cid: identity, tape, dtx, number, clock, ticker, mediaZeroAtMs },
			onFirstSent: (sentAtMs) => this.#observer.onStage("published", sentAtMs),
		});
		this.signal.send.addTrack(this.#publication.request());
	}

	/** The peer connections live on: what was agreed is said again, and the server takes it up from there. */
	#onResumed(): SyncState {
		this.signal.recovered();
		return new SyncState({
			...(this.#lastOffer ? { offer: this.#lastOffer } : {}),
			...(this.#lastAnswer ? { answer: this.#lastAnswer } : {}),
			publishTracks: this.#published ? [this.#published] : [],
			subscription: { subscribe: true, trackSids: this.#subscriptions.asked },
		});
	}

	#peer(name: "publisher" | "subscriber", target: SignalTarget): Peer {
		const { clock, turn } = this.#context;
		return new Peer({
			...{ name, clock, policy: this.#order.icePolicy },
			...(turn ? { turn } : {}),
			...this.#binding(),
			listener: {
				onLocalCandidate: (init) => this.signal.send.trickle(target, init),
				onGathered: (atMs) => this.#reach("gathered", name, atMs),
				onIce: (atMs) => this.#reach("ice", name, atMs),
				onConnected: (atMs) => {
					if (name === "publisher") this.#publication?.begin(this.#answer);
					this.#reach("dtls", name, atMs);
				},
				onFailed: () => this.signal.reconnect("restart", ReconnectReason.RR_PUBLISHER_FAILED),
			},
		});
	}

	/**
	 * `tcp`: IPv6 loopback, from where UDP reaches no server. A server on loopback: the address that reaches it as
	 * itself, because through another one it sees a peer-reflexive candidate, which it nominates a second later.
	 */
	#binding(): Pick<PeerOptions, "bindAddress"> {
		const { icePolicy, url } = this.#order;
		if (icePolicy === "tcp") return { bindAddress: "::1" };
		return isLoopback(new URL(url).hostname) && !this.#context.turn
			? { bindAddress: "127.0.0.1" }
			: {};
	}

	/** `gathered` is reached with the first peer, `ice` and `dtls` with the last that is needed. */
	#reach(stage: PeerStage, name: string, atMs: number): void {
		const reached = this.#reached[stage];
		reached.add(name);
		const isReached = stage === "gathered" || this.#needed.every((peer) => reached.has(peer));
		if (!isReached) return;
		this.#observer.onStage(stage, atMs);
		if (stage !== "dtls") return;
		this.#onConnected();
		this.signal.recovered();
	}

	#offer(): void {
		if (this.#publisher) this.signal.send.offer(this.#publisher.describe("offer"), 0);
	}

	#onAnswer({ sdp }: SessionDescription): void {
		this.#answer = sdp;
		this.#publisher?.setRemoteDescription(sdp, "answer");
	}

	#onOffer(offer: SessionDescription): void {
		const { sdp, id, midToTrackId } = offer;
		const peer = this.#subscriber;
		if (!peer) return;
		this.#lastOffer = offer;
		this.#sidByMid = trackSids(sdp, midToTrackId);
		peer.setRemoteDescription(sdp, "offer");
		const answer = peer.describe("answer");
		this.#lastAnswer = new SessionDescription({ type: "answer", sdp: answer, id });
		this.signal.send.answer(answer, id);
		peer.release();
	}

	#onTrickle(target: SignalTarget, candidateInit: string): void {
		if (target === SignalTarget.SUBSCRIBER) {
			this.#subscriber?.addRemoteCandidate(candidateInit);
			return;
		}
		if (this.#publisher?.addRemoteCandidate(candidateInit)) this.#publisher.release();
	}

	#onTrack(track: Track): void {
		const sid = this.#sidByMid.get(track.mid());
		if (sid !== undefined) this.#subscriptions.onTrack(track, sid);
	}
}

function isLoopback(hostname: string): boolean {
	return hostname === "localhost" || hostname.startsWith("127.");
}

/** Which track is on which media section: as the server says, else from `a=msid:` of the section. */
function trackSids(
	sdp: string,
	midToTrackId: Readonly<Record<string, string>>,
): Map<string, string> {
	const sids = new Map(Object.entries(midToTrackId));
	for (const section of sdp.split(/^m=/m).slice(1)) {
		const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
		const sid = /^a=msid:\S+ (TR_\S+)/m.exec(section)?.[1];
		if (mid !== undefined && sid !== undefined && !sids.has(mid)) sids.set(mid, sid);
	}
	return sids;
}
