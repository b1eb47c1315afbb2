import {
	type JoinResponse,
	ReconnectReason,
	type SessionDescription,
	SignalTarget,
} from "@livekit/protocol";
import type { Track } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import type { Stage } from "../../sample/stage.js";
import { bridgeAddress } from "../../turn/bind-loopback.js";
import type { JoinOrder } from "../engine.js";
import { Peer, type PeerOptions, type RelayProtocol } from "./peer.js";
import type { SignalRequests } from "./signal/signal-requests.js";
import { trackSids } from "./track-sids.js";

type PeerName = "publisher" | "subscriber";

/** What each peer connection reaches. */
type PeerStage = Extract<Stage, "gathered" | "ice" | "dtls">;

export interface PeerPairOptions {
	readonly order: Pick<JoinOrder, "icePolicy" | "url">;
	readonly clock: Clock;
	readonly turn: PeerOptions["turn"];
	readonly relayProtocol: RelayProtocol;
	/** The session that the server opened: it says which peer connection is the primary one. */
	readonly join: JoinResponse;
	readonly publishes: boolean;
	readonly send: SignalRequests;
	/** `gathered` is reached with the first peer, `ice` and `dtls` with the last that is needed. */
	onStage(stage: PeerStage, atMs: number): void;
	/** The publisher's connection is up. @param answer the server's SDP */
	onPublisherUp(answer: string): void;
	/** A media section of the subscriber's connection carries this track from now on. */
	onTrack(track: Track, trackSid: string): void;
	/** A peer connection is lost, or cannot follow what the server says. */
	onLost(reason: ReconnectReason): void;
}

/** The peer connections of one session and their negotiation with the server. */
export class PeerPair {
	/** Ours to offer; absent where we neither publish nor have it as the primary one. */
	readonly publisher: Peer | undefined;
	readonly #subscriber: Peer;
	readonly #options: PeerPairOptions;
	/** Those without which we are not connected. */
	readonly #needed: readonly PeerName[];
	readonly #reached: Record<PeerStage, Set<PeerName>> = {
		gathered: new Set(),
		ice: new Set(),
		dtls: new Set(),
	};
	#answer = "";
	/** Track sid by `mid` of the subscriber's peer connection. */
	#sidByMid: ReadonlyMap<string, string> = new Map();
	/** By `mid`; held, for libdatachannel ends a track that the garbage collector takes. */
	readonly #tracks = new Map<string, Track>();

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
		this.publisher = needsPublisher ? this.#peer("publisher", SignalTarget.PUBLISHER) : undefined;
		if (!this.publisher || publishes) return;
		this.publisher.connection.createDataChannel("_reliable");
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

	onOffer({ sdp, id, midToTrackId }: SessionDescription): void {
		const before = this.#sidByMid;
		this.#sidByMid = trackSids(sdp, midToTrackId);
		this.#guard(() => {
			this.#subscriber.setRemoteDescription(sdp, "offer");
			// The server puts a new track on a media section that has become free: libdatachannel is silent on it.
			for (const [mid, track] of this.#tracks) {
				if (this.#sidByMid.get(mid) !== before.get(mid)) this.#onTrack(track);
			}
			this.#options.send.answer(this.#subscriber.describe("answer"), id);
			this.#subscriber.release();
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

	close(): void {
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
			listener: {
				onLocalCandidate: (init) => send.trickle(target, init),
				onGathered: (atMs) => this.#reach("gathered", name, atMs),
				onIce: (atMs) => this.#reach("ice", name, atMs),
				onConnected: (atMs) => {
					if (name === "publisher") this.#options.onPublisherUp(this.#answer);
					this.#reach("dtls", name, atMs);
				},
				onFailed: () => this.#options.onLost(failedReason[name]),
			},
		});
	}

	#reach(stage: PeerStage, name: PeerName, atMs: number): void {
		const reached = this.#reached[stage];
		reached.add(name);
		const isReached = stage === "gathered" || this.#needed.every((peer) => reached.has(peer));
		if (isReached) this.#options.onStage(stage, atMs);
	}

	#onTrack(track: Track): void {
		this.#tracks.set(track.mid(), track);
		const sid = this.#sidByMid.get(track.mid());
		if (sid !== undefined) this.#options.onTrack(track, sid);
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

const failedReason = {
	publisher: ReconnectReason.RR_PUBLISHER_FAILED,
	subscriber: ReconnectReason.RR_SUBSCRIBER_FAILED,
} as const;

/**
 * The relays: IPv6 loopback, from where UDP reaches no server, only the local bridge to TURN; libjuice itself
 * would select host pairs under `iceTransportPolicy: relay` too. A server on loopback: the address that
 * reaches it as itself, because through another one it sees a peer-reflexive candidate, which it nominates a
 * second later.
 */
function binding({
	icePolicy,
	url,
}: Pick<JoinOrder, "icePolicy" | "url">): Pick<PeerOptions, "bindAddress"> {
	if (isRelayPolicy(icePolicy)) return { bindAddress: bridgeAddress };
	return isLoopback(new URL(url).hostname) ? { bindAddress: "127.0.0.1" } : {};
}

function isLoopback(hostname: string): boolean {
	return hostname === "localhost" || hostname.startsWith("127.");
}
