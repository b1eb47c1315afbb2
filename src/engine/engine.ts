import type { DistributionSnapshot } from "../aggregate/snapshot.js";
import type { PcmSource } from "../audio/pcm-source.js";
import type { CandidatePair } from "../ice/candidate-pair.js";
import type { IceServer } from "../ice/ice-server.js";
import type { IcePolicy } from "../ice/policy.js";
import type { Failure } from "../participant/failure.js";
import type { MediaTotals } from "../sample/media-totals.js";
import type { ConnectStage } from "../sample/stage.js";
import type { Blow } from "../scenario/fault.js";
import type { DataStream } from "./data/data-stream.js";
import type { EngineName } from "./engine-name.js";

/** What one participant asks of an engine. Times are epoch milliseconds of the clock in `clock/`. */
export interface JoinOrder {
	readonly url: string;
	readonly token: string;
	readonly identity: string;
	readonly icePolicy: IcePolicy;
	/** TURN servers of the forced policy; empty for `direct` and `tcp`. */
	readonly iceServers: readonly IceServer[];
	/** PEM of a private CA for `turns:`; the public roots otherwise. */
	readonly turnCaPem?: string;
	readonly tlsInsecure: boolean;
	/** False: signalling only, no peer connection carries media. */
	readonly media: boolean;
	/** What to publish, if this participant publishes. */
	readonly publish?: PcmSource;
	/** When sample 0 of `publish` lies: the same for all, so that turn-taking is on one clock. */
	readonly mediaZeroAtMs: number;
	/** Discontinuous transmission of the published track. */
	readonly dtx: boolean;
	/** How many remote audio tracks to subscribe to, at most; `all` never caps. */
	readonly subscribe: "all" | number;
	/** What to send on the data channel; only together with `publish`. */
	readonly data?: DataStream;
	/** Whether to count the data that others send; only of one who may subscribe. */
	readonly hearsData?: boolean;
	/** For a polite leave; after it the participant is given up. */
	readonly leaveWithinMs: number;
	/** Aborts the whole life at once ("interrupt what is left"). */
	readonly signal: AbortSignal;
}

/** What the server says of itself, the room and us when it lets us in. */
export interface Welcome {
	readonly serverVersion: string;
	/** How many remote audio tracks there already were to hear. */
	readonly remoteAudioTracks: number;
	/** False: whatever we send on the data channel the server will drop. */
	readonly mayPublishData?: boolean;
}

/** What an engine tells while a participant lives. Calls may come in any order and never throw. */
export interface EngineObserver {
	/** A connect stage was reached, at its own time. Told at most once a stage. */
	onStage(stage: ConnectStage, atMs: number): void;
	/** The server let us in. */
	onWelcome(welcome: Welcome): void;
	/** Nobody publishes audio any more: what the welcome let hope for will not come. May be told often. */
	onNothingToHear?(): void;
	onReconnecting(atMs: number, kind: "resume" | "restart" | "unknown"): void;
	onReconnected(atMs: number): void;
	/** The connection ended without our asking. */
	onDisconnected(atMs: number, failure: Omit<Failure, "stage">): void;
}

/** A participant in a room. */
export interface EngineParticipant {
	/** The selected candidate pair of each peer connection. */
	candidatePairs(): Promise<CandidatePair[]>;
	/** Running totals since the join; `undefined` when nothing can be read just now. */
	mediaTotals(): Promise<MediaTotals | undefined>;
	/**
	 * Plays a fault on the connection, as LiveKit's SDKs do for tests (`simulateScenario`). Resolves when it is under
	 * way; the observer tells the rest.
	 */
	strike(blow: Blow): Promise<void>;
	/**
	 * Tells the time of each remote RTP packet from now on, until the returned function is called. One listener at a
	 * time. Absent where the engine sees no single packets: `mediaTotals` has to be asked often.
	 */
	watchArrivals?(onArrival: (atMs: number) => void): () => void;
	/** Polite leave, bounded by the engine; idempotent. */
	leave(): Promise<void>;
}

/** A way to live a participant's life: one file per kind below engine/. */
export interface Engine {
	readonly name: EngineName;
	readonly version: string;
	/** The stages this engine can see; the others are reported as unknown, never as zero. */
	readonly sees: ReadonlySet<ConnectStage>;
	/**
	 * Joins and (if asked) publishes; resolves once the peer connection is connected.
	 * @throws JoinError with the stage and cause, once.
	 */
	join(order: JoinOrder, observer: EngineObserver): Promise<EngineParticipant>;
	/** What its local TURN bridges added to each datagram since the last call (`turn.bridgeDelay`), if it has any. */
	takeBridgeDelay?(): DistributionSnapshot | undefined;
	/** Releases what the engine holds for the process. */
	close(): Promise<void>;
}
