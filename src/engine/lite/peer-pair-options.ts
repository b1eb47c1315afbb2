import type { JoinResponse, ReconnectReason } from "@livekit/protocol";
import type { DataChannel, Track } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import type { PeerStage } from "../../sample/stage.js";
import type { JoinOrder } from "../engine.js";
import type { PeerOptions, RelayProtocol } from "./peer.js";
import type { SignalRequests } from "./signal/signal-requests.js";

/** What each peer connection reaches. */
export type Reached = "gathered" | "ice" | "dtls";

export interface PeerPairOptions {
	readonly order: Pick<JoinOrder, "icePolicy" | "url" | "hearsData">;
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly turn: PeerOptions["turn"];
	readonly relayProtocol: RelayProtocol;
	/** The session that the server opened: it says which peer connection is the primary one. */
	readonly join: JoinResponse;
	readonly publishes: boolean;
	readonly send: SignalRequests;
	/** Each peer's own `ice` and `dtls`; `gathered` with the first peer, the bare two with the last that is needed. */
	onStage(stage: Reached | PeerStage, atMs: number): void;
	/** The publisher's connection is up. @param answer the server's SDP */
	onPublisherUp(answer: string): void;
	/** All tracks, by sid, that the server sends or is about to send, with their SSRCs: it may do so before `onTrack`. */
	onAnnounced(tracks: ReadonlyMap<string, readonly number[]>): void;
	/** A media section of the subscriber's connection carries this track from now on. */
	onTrack(track: Track, trackSid: string): void;
	/** SRTP has come to the subscriber. @returns whether libdatachannel is to have it too */
	onRtp(packet: Buffer, arrivalMs: number): boolean;
	/** The server has opened a data channel on the subscriber's connection. Absent: nobody listens. */
	onDataChannel?(channel: DataChannel): void;
	/** A peer connection is lost, or cannot follow what the server says. */
	onLost(reason: ReconnectReason): void;
}
