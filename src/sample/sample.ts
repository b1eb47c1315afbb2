import type { EngineName } from "../engine/engine-name.js";
import type { CandidatePair } from "../ice/candidate-pair.js";
import type { IcePolicy } from "../ice/policy.js";
import type { FailureCause } from "../participant/failure.js";
import type { Role } from "../plan/plan.js";
import type { FaultKindName } from "../scenario/fault.js";
import type { MediaWindow } from "./media-window.js";
import type { Recovery } from "./recovery.js";
import type { ConnectStage, FailureStage } from "./stage.js";

/** Bounded labels of a participant: never an identity, a room name or a token. */
export interface ParticipantLabels {
	readonly engine: EngineName;
	readonly ice: IcePolicy;
	readonly role: Role;
}

/** One measurement. Samples flow one way: participant → aggregates. */
export type Sample =
	/** A life began; `lateMs` is how long after its scheduled time (the tester's own fault). */
	| { readonly kind: "begun"; readonly labels: ParticipantLabels; readonly lateMs: number }
	| {
			readonly kind: "stage";
			readonly labels: ParticipantLabels;
			readonly stage: ConnectStage;
			/** From the scheduled time, so that waiting for the tester's own queue is not hidden. */
			readonly sinceScheduledMs: number;
	  }
	/** The participant is connected; the life counts as joined from here. */
	| { readonly kind: "joined"; readonly labels: ParticipantLabels }
	/** The join failed. Exactly one of failed, lost, left ends a life. */
	| {
			readonly kind: "failed";
			readonly labels: ParticipantLabels;
			readonly stage: FailureStage;
			readonly cause: FailureCause;
	  }
	/** A joined participant was lost before its planned end. */
	| { readonly kind: "lost"; readonly labels: ParticipantLabels; readonly cause: FailureCause }
	/** A joined participant left as planned. */
	| { readonly kind: "left"; readonly labels: ParticipantLabels }
	| {
			readonly kind: "pair";
			readonly labels: ParticipantLabels;
			readonly pair: CandidatePair;
	  }
	| {
			readonly kind: "reconnect";
			readonly labels: ParticipantLabels;
			readonly cause: "resume" | "restart" | "unknown";
			/** Absent when it never came back. */
			readonly durationMs?: number;
	  }
	| { readonly kind: "media"; readonly labels: ParticipantLabels; readonly window: MediaWindow }
	/** Event-loop delay of a tester process over the last period. */
	| { readonly kind: "lag"; readonly lagMs: number }
	/** A fault of the scenario begins. */
	| { readonly kind: "fault"; readonly fault: FaultKindName }
	/** How a fault ended for one participant that it met. */
	| ({ readonly kind: "recovery"; readonly fault: FaultKindName } & Recovery)
	/** After a fault: whether participants, loss and jitter are as they were before it. */
	| { readonly kind: "level"; readonly isBack: boolean };

/** The turns of a life, of which the parent process keeps account one by one. */
export type LifeSample = Extract<Sample, { kind: "begun" | "joined" | "failed" | "lost" | "left" }>;

export function isLifeSample(sample: Sample): sample is LifeSample {
	switch (sample.kind) {
		case "begun":
		case "joined":
		case "failed":
		case "lost":
		case "left":
			return true;
		default:
			return false;
	}
}
