import type { EngineName } from "../engine/engine-name.js";
import type { FailureCause } from "../participant/failure.js";
import type { Recovery } from "../sample/recovery.js";
import type { FailureStage } from "../sample/stage.js";
import type { FaultKindName } from "../scenario/fault.js";
import type { FaultSummary } from "../verdict/summary.js";

interface At {
	/** Epoch milliseconds. */
	readonly atMs: number;
}

/** A participant, named without identity: its seat and the number of its life there. */
export interface LifeRef {
	readonly seat: number;
	readonly life: number;
}

/** A fault of the scenario: the number is its place in the order of time. */
export interface FaultRef {
	readonly number: number;
	readonly do: FaultKindName;
}

/** As in the summary. */
export type FaultOutcome = Pick<
	FaultSummary,
	"affected" | "recovered" | "failed" | "recoveryMs" | "audioGapMs" | "levelOk" | "levelText"
>;

/** Something that happened in a run, worth a line in events.jsonl. Never holds a secret or an identity. */
export type RunEvent =
	| (At & {
			readonly kind: "run-started";
			readonly participants: number;
			readonly durationMs: number;
	  })
	/** A killed run goes on at `elapsedMs` of its own clock, which stood still for `gapMs`. */
	| (At & { readonly kind: "run-resumed"; readonly elapsedMs: number; readonly gapMs: number })
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
	| (At &
			FaultRef & {
				readonly kind: "fault-began";
				readonly affected: number;
				readonly means: string;
			})
	/** The fault itself is over. @param error why it could not be carried out */
	| (At & FaultRef & { readonly kind: "fault-ended"; readonly error?: string })
	/** How it ended for one participant that it met. */
	| (At & FaultRef & Recovery & { readonly kind: "recovery"; readonly seat: number })
	/** Everybody has recovered or not, and the level was looked at. */
	| (At & FaultRef & FaultOutcome & { readonly kind: "fault-judged" })
	| (At & { readonly kind: "stop-asked"; readonly reason: string })
	| (At & { readonly kind: "run-ended"; readonly verdict: string });
