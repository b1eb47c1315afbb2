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

/** A machine of many, by its unique name within the run. */
export interface AgentRef {
	readonly agent: string;
}

/** Absent: on this machine. The number of a worker counts on its own machine. */
export interface OnAgent {
	readonly agent?: string;
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
	/** In a run over many machines: one of them is taken into the run. */
	| (At &
			AgentRef & {
				readonly kind: "agent-joined";
				readonly cores: number;
				readonly seats: number;
				/** In place of another one, or of nobody where the run begins. */
				readonly isLate?: true;
			})
	/** One that offered itself and was not taken. */
	| (At & AgentRef & { readonly kind: "agent-refused"; readonly reason: string })
	/** Silent for longer than its lease, or out of work before its time. */
	| (At &
			AgentRef & {
				readonly kind: "agent-lost";
				readonly participantsLost: number;
				/** Since its last message. */
				readonly silentMs: number;
				readonly reason: string;
			})
	/** Another one lives the rest of what a lost one had. */
	| (At &
			AgentRef & {
				readonly kind: "agent-replaced";
				/** The name of the one that was lost. */
				readonly lost: string;
				readonly seats: number;
				/** Of the run's own clock: from here on the plan is lived again. */
				readonly fromMs: number;
			})
	/** The agents offer to hold fewer than the plan has at once; they are loaded with them all the same. */
	| (At & {
			readonly kind: "capacity-short";
			readonly engine: EngineName;
			readonly needed: number;
			readonly offered: number;
	  })
	| (At &
			OnAgent & { readonly kind: "worker-started"; readonly worker: number; readonly pid: number })
	| (At &
			OnAgent & {
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
