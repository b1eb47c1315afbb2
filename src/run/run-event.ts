import type { EngineName } from "../engine/engine-name.js";
import type { FailureCause } from "../participant/failure.js";
import type { FailureStage } from "../sample/stage.js";

interface At {
	/** Epoch milliseconds. */
	readonly atMs: number;
}

/** A participant, named without identity: its seat and the number of its life there. */
export interface LifeRef {
	readonly seat: number;
	readonly life: number;
}

/** Something that happened in a run, worth a line in events.jsonl. Never holds a secret or an identity. */
export type RunEvent =
	| (At & {
			readonly kind: "run-started";
			readonly participants: number;
			readonly durationMs: number;
	  })
	| (At & { readonly kind: "worker-started"; readonly worker: number; readonly pid: number })
	| (At & {
			readonly kind: "worker-died";
			readonly worker: number;
			readonly pid: number;
			readonly reason: string;
			readonly participantsLost: number;
	  })
	| (At & LifeRef & { readonly kind: "life-joined"; readonly connectMs: number })
	| (At &
			LifeRef & {
				readonly kind: "life-failed";
				readonly engine: EngineName;
				readonly stage: FailureStage;
				readonly cause: FailureCause;
				readonly detail: string;
			})
	| (At &
			LifeRef & {
				readonly kind: "life-lost";
				readonly cause: FailureCause;
				readonly detail: string;
			})
	| (At &
			LifeRef & { readonly kind: "reconnecting"; readonly how: "resume" | "restart" | "unknown" })
	| (At & LifeRef & { readonly kind: "reconnected"; readonly durationMs: number })
	| (At & { readonly kind: "server"; readonly version: string })
	| (At & {
			readonly kind: "threshold-abort";
			readonly metric: string;
			readonly expression: string;
	  })
	| (At & { readonly kind: "stop-asked"; readonly reason: string })
	| (At & { readonly kind: "run-ended"; readonly verdict: string });
