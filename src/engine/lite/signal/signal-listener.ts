import type {
	ConnectionQualityInfo,
	JoinResponse,
	ParticipantInfo,
	ReconnectResponse,
	RequestResponse,
	Room,
	RoomMovedResponse,
	SessionDescription,
	SignalTarget,
	SpeakerInfo,
	SubscriptionPermissionUpdate,
	SubscriptionResponse,
	SyncState,
	TrackInfo,
} from "@livekit/protocol";
import type { Failure } from "../../../participant/failure.js";
import type { ReconnectKind } from "./signal-state.js";

/**
 * What a participant's signalling tells. All times are epoch milliseconds. Calls come in the order of the wire;
 * after `onDisconnected`, and after a leave of ours, none comes.
 */
export interface SignalListener {
	/** The first WebSocket is open. The server opens it with the JoinResponse in its hand. */
	onSocket(atMs: number): void;
	/** A new session, in which nothing is published or subscribed yet: also after a restart, `isRestart`. */
	onJoin(join: JoinResponse, atMs: number, isRestart: boolean): void;
	/**
	 * The session's socket is back. What is returned is the first thing that the server gets: our published
	 * tracks (one that it does not know makes it ask for a restart), the last subscriber answer and offer, and the
	 * tracks that differ from `autoSubscribe`. The publisher's peer connection then needs an ICE restart, the
	 * subscriber's gets one by an offer of the server.
	 */
	onResumed(reconnect: ReconnectResponse): SyncState;
	/** The server's offer for the subscriber's peer connection; its answer carries the same `id`. */
	onOffer(offer: SessionDescription): void;
	/** The server's answer for the publisher's peer connection. */
	onAnswer(answer: SessionDescription): void;
	/** @param candidateInit JSON text of an RTCIceCandidateInit; `isFinal`: none comes after it */
	onTrickle(target: SignalTarget, candidateInit: string, isFinal: boolean): void;
	/** Our own track, by the `cid` of `addTrack`. */
	onTrackPublished(cid: string, track: TrackInfo): void;
	onTrackUnpublished(trackSid: string): void;
	/** Somebody subscribed to our own track for the first time. */
	onTrackSubscribed(trackSid: string): void;
	/** Only those who changed. Each is whole: its tracks are all it has. */
	onParticipantUpdate(participants: readonly ParticipantInfo[]): void;
	/** Only those whose speaking changed. */
	onSpeakers(speakers: readonly SpeakerInfo[]): void;
	onConnectionQuality(updates: readonly ConnectionQualityInfo[]): void;
	onSubscriptionPermission(update: SubscriptionPermissionUpdate): void;
	/** The server could not subscribe us to a track. */
	onSubscriptionFailed(response: SubscriptionResponse): void;
	/** The server refused (or, with reason OK, took) a request. */
	onRequestResponse(response: RequestResponse): void;
	/** The server mutes or unmutes a track of ours. */
	onRemoteMute(trackSid: string, muted: boolean): void;
	onRoomUpdate(room: Room): void;
	onRoomMoved(moved: RoomMovedResponse): void;
	/** The signalling's own round trip. */
	onRtt(rttMs: number): void;
	/** Reconnecting began; a resume that turns into a restart is told a second time. */
	onReconnecting(atMs: number, how: ReconnectKind): void;
	/** Signalling and peer connections are back. */
	onReconnected(atMs: number, how: ReconnectKind): void;
	onDisconnected(atMs: number, failure: Omit<Failure, "stage">): void;
}
