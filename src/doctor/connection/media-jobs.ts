import type { EngineName } from "../../engine/engine-name.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { IceServer } from "../../ice/ice-server.js";
import type { IcePolicy } from "../../ice/policy.js";
import type { Failure } from "../../participant/failure.js";
import type { ConnectStage } from "../../sample/stage.js";
import type { HeardBy } from "../audio/heard.js";
import type { SeenCandidate } from "./seen-candidate.js";

/** Who joins, and how. */
export interface Joining {
	readonly url: string;
	readonly token: string;
	readonly identity: string;
	/** `direct` is not forced here: it takes whatever pair the engine finds. */
	readonly icePolicy: IcePolicy;
	readonly iceServers: readonly IceServer[];
	readonly turnCaPem?: string;
}

/** One join to see how it goes; it leaves as soon as it is connected. */
export interface AttemptJob {
	readonly kind: "attempt";
	readonly engine: EngineName;
	readonly joining: Joining;
	readonly boundMs: number;
}

/** How a join went. Times are milliseconds since it began. */
export interface Attempt {
	/** Absent: it failed, or was cut off. */
	readonly connectMs?: number;
	/** Stages that the engine has seen. */
	readonly stagesMs: Readonly<Partial<Record<ConnectStage, number>>>;
	/** The selected pair of each peer connection. */
	readonly pairs: readonly CandidatePair[];
	/** Absent together with `connectMs`: it was called off. */
	readonly failure?: Failure;
	/** Seen in the signalling, in that order; the native engine's only. */
	readonly local: readonly SeenCandidate[];
	readonly remote: readonly SeenCandidate[];
}

/** Everybody joins one room; those who publish send the marker; all listen. */
export interface HearJob {
	readonly kind: "hear";
	readonly participants: readonly (Joining & { readonly publishes: boolean })[];
	readonly joinWithinMs: number;
	readonly listenMs: number;
	readonly boundMs: number;
}

export type MediaJob = AttemptJob | HearJob;

/** What comes of a job. */
export interface MediaOutcomes {
	readonly attempt: Attempt;
	readonly hear: readonly HeardBy[];
}

export type ToMedia =
	| { readonly kind: "job"; readonly id: number; readonly job: MediaJob }
	| { readonly kind: "cancel"; readonly id: number }
	/** Let go of everything and end. */
	| { readonly kind: "end" };

export type FromMedia =
	| { readonly kind: "ready" }
	| {
			readonly kind: "done";
			readonly id: number;
			readonly outcome: MediaOutcomes[keyof MediaOutcomes];
	  }
	| { readonly kind: "failed"; readonly id: number; readonly message: string };
