import { ReconnectReason, type SessionDescription, SignalTarget } from "@livekit/protocol";
import type { DataChannel, Track } from "node-datachannel";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import { binding, isLoopback } from "./bind-address.js";
import { MediaPath } from "./path/media-path.js";
import { Peer, type PeerOptions } from "./peer.js";
import type { PeerPairOptions, Reached } from "./peer-pair-options.js";
import { trackSids } from "./track-sids.js";
import { trackSsrcs } from "./track-ssrcs.js";

type PeerName = "publisher" | "subscriber";

/** The peer connections of one session and their negotiation with the server. */
export class PeerPair {
	/** Ours to offer; absent where we neither publish nor have it as the primary one. */
	readonly publisher: Peer | undefined;
	readonly #subscriber: Peer;
	readonly #options: PeerPairOptions;
	/** Those without which we are not connected. */
	readonly #needed: readonly PeerName[];
	readonly #reachedAtMs: Record<Reached, Map<PeerName, number>> = {
		gathered: new Map(),
		ice: new Map(),
		dtls: new Map(),
	};
	#answer = "";
	#subscriberIs: "new" | "connecting" | "connected" = "new";
	/** The latest that waits until the subscriber's connection is up. */
	#nextOffer: SessionDescription | undefined;
	/** Track sid by `mid` of the subscriber's peer connection. */
	#sidByMid: ReadonlyMap<string, string> = new Map();
	#ssrcsByMid: ReadonlyMap<string, readonly number[]> = new Map();
	/** By `mid`; held, for libdatachannel ends a track that the garbage collector takes. */
	readonly #tracks = new Map<string, Track>();
	/** What a publisher's connection without a track is about; held as a track is. */
	readonly #channel: DataChannel | undefined;

	constructor(options: PeerPairOptions) {
		this.#options = options;
		const { join, publishes } = options;
		const needsPublisher = publishes || !join.subscriberPrimary;
		this.#needed = [
			...(join.subscriberPrimary ? (["subscriber"] as const) : []),
			...(needsPublisher ? (["publisher"] as const) : []),
		];
		this.#subscriber = this.#peer("subscriber", SignalTarget.SUBSCRIBER);
		this.#subscriber.connection.onTrack((track) => this.#onTrack(track));
		if (options.onDataChannel)
			this.#subscriber.connection.onDataChannel((channel) => options.onDataChannel?.(channel));
		this.publisher = needsPublisher ? this.#peer("publisher", SignalTarget.PUBLISHER) : undefined;
		if (!this.publisher || publishes) return;
		this.#channel = this.publisher.connection.createDataChannel("_reliable");
		this.#channel.onClosed(() => {});
		this.offer();
	}

	/** Offers the publisher's connection, with whatever it has to send. */
	offer(): void {
		this.#guard(() => {
			if (this.publisher) this.#options.send.offer(this.publisher.describe("offer"), 0);
		});
	}

	onAnswer({ sdp }: SessionDescription): void {
		this.#answer = sdp;
		this.#guard(() => this.publisher?.setRemoteDescription(sdp, "answer"));
	}

	/**
	 * Two threads of libdatachannel make an SCTP transport each, and end the connection over it, when an offer comes
	 * just as DTLS is done: between the first answer and that moment the next offer waits. Media would too.
	 */
	onOffer(offer: SessionDescription): void {
		if (this.#subscriberIs === "connecting") this.#nextOffer = offer;
		else this.#take(offer);
	}

	#take({ sdp, id, midToTrackId }: SessionDescription): void {
		const before = this.#sidByMid;
		this.#sidByMid = trackSids(sdp, midToTrackId);
		const renewed = new Set(this.#hasPath ? this.#announce(trackSsrcs(sdp)) : []);
		this.#guard(() => {
			this.#subscriber.setRemoteDescription(sdp, "offer");
			// The server puts a new track on a media section that has become free: libdatachannel is silent on it.
			for (const [mid, track] of this.#tracks) {
				if (this.#sidByMid.get(mid) !== before.get(mid) || renewed.has(mid)) this.#onTrack(track);
			}
			this.#options.send.answer(this.#subscriber.describe("answer"), id);
			if (this.#subscriberIs === "new") this.#subscriberIs = "connecting";
			this.#releaseSubscriber();
		});
	}

	onTrickle(target: SignalTarget, candidateInit: string): void {
		this.#guard(() => {
			if (target === SignalTarget.SUBSCRIBER) this.#subscriber.addRemoteCandidate(candidateInit);
			else if (this.publisher?.addRemoteCandidate(candidateInit)) this.publisher.release();
		});
	}

	/** The selected pair of each peer connection that has one. */
	candidatePairs(): CandidatePair[] {
		const { relayProtocol } = this.#options;
		const publisher = this.publisher?.pair(relayProtocol);
		const subscriber = this.#subscriber.pair(relayProtocol);
		return [
			...(publisher ? [{ peer: "publisher" as const, ...publisher }] : []),
			...(subscriber ? [{ peer: "subscriber" as const, ...subscriber }] : []),
		];
	}

	/** Tracks first: a peer connection that closes leaves their listeners held, and with them all they know. */
	close(): void {
		this.#channel?.close();
		for (const track of this.#tracks.values()) track.close();
		this.publisher?.close();
		this.#subscriber.close();
		this.#tracks.clear();
	}

	#peer(name: PeerName, target: SignalTarget): Peer {
		const { clock, turn, order, send } = this.#options;
		return new Peer({
			...{ name, clock, policy: order.icePolicy },
			...(turn ? { turn } : {}),
			...binding(order),
			...(name === "subscriber" && this.#path()),
			listener: {
				onLocalCandidate: (init) => send.trickle(target, init),
				onGathered: (atMs) => this.#reach("gathered", name, atMs),
				onIce: (atMs) => this.#reach("ice", name, atMs),
				onConnected: (dtlsAtMs) => {
					if (name === "publisher") this.#options.onPublisherUp(this.#answer);
					else this.#onSubscriberUp();
					this.#reach("dtls", name, dtlsAtMs);
				},
				onFailed: () => this.#options.onLost(failedReason[name]),
			},
		});
	}

	#onSubscriberUp(): void {
		this.#subscriberIs = "connected";
		const next = this.#nextOffer;
		this.#nextOffer = undefined;
		if (next) this.#take(next);
	}

	/**
	 * The server nominates a pair at once when our candidate comes after its check of the pair has succeeded, else at its
	 * next round, 200 ms later: through a path we see when that is.
	 */
	#releaseSubscriber(): void {
		if (!this.#hasPath) {
			this.#subscriber.release();
			return;
		}
		const { clock } = this.#options;
		void clock.sleepUntil(clock.nowMs() + longestHoldMs).then(() => this.#subscriber.release());
	}

	/** A relay's packets are wrapped in TURN, and all go to libdatachannel. */
	get #hasPath(): boolean {
		return !isRelayPolicy(this.#options.order.icePolicy);
	}

	#path(): Pick<PeerOptions, "path"> {
		if (!this.#hasPath) return {};
		const { order, clock, ticker } = this.#options;
		const toLoopback = isLoopback(new URL(order.url).hostname);
		const path = new MediaPath({
			...{ clock, ticker, toLoopback, isUrgent: order.hearsData ?? false },
			onRtp: (packet, arrivalMs) => this.#options.onRtp(packet, arrivalMs),
			onCheckAnswered: () => this.#subscriber.release(),
			onDtlsFinished: (arrivalMs) => this.#subscriber.sawDtls(arrivalMs),
		});
		return { path };
	}

	#reach(stage: Reached, name: PeerName, atMs: number): void {
		if (stage !== "gathered") this.#options.onStage(`${stage}.${name}`, atMs);
		const reached = this.#reachedAtMs[stage].set(name, atMs);
		const times = this.#needed.map((peer) => reached.get(peer) ?? Number.POSITIVE_INFINITY);
		const lastAtMs = stage === "gathered" ? atMs : Math.max(...times);
		if (lastAtMs < Number.POSITIVE_INFINITY) this.#options.onStage(stage, lastAtMs);
	}

	#onTrack(track: Track): void {
		const before = this.#tracks.get(track.mid());
		if (before !== track) before?.close();
		this.#tracks.set(track.mid(), track);
		const sid = this.#sidByMid.get(track.mid());
		if (sid === undefined) return;
		this.#options.onTrack(track, sid);
	}

	/** @returns the media sections whose stream is another one than before */
	#announce(ssrcsByMid: ReadonlyMap<string, readonly number[]>): string[] {
		const before = this.#ssrcsByMid;
		this.#ssrcsByMid = ssrcsByMid;
		const bySid = new Map<string, readonly number[]>();
		for (const [mid, ssrcs] of ssrcsByMid) {
			const sid = this.#sidByMid.get(mid);
			if (sid !== undefined && ssrcs.length > 0) bySid.set(sid, ssrcs);
		}
		this.#options.onAnnounced(bySid);
		return [...ssrcsByMid].flatMap(([mid, ssrcs]) =>
			ssrcs.length > 0 && `${ssrcs}` !== `${before.get(mid) ?? []}` ? [mid] : [],
		);
	}

	/** libdatachannel throws on descriptions that it cannot follow. */
	#guard(act: () => void): void {
		try {
			act();
		} catch {
			this.#options.onLost(ReconnectReason.RR_UNKNOWN);
		}
	}
}

/** For a server that cannot be reached by our checks, but reaches us. */
const longestHoldMs = 250;

const failedReason = {
	publisher: ReconnectReason.RR_PUBLISHER_FAILED,
	subscriber: ReconnectReason.RR_SUBSCRIBER_FAILED,
} as const;
