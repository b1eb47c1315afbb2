import type { IcePolicy } from "../ice/policy.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import type { FailureStage } from "../sample/stage.js";

/** Why a join failed or a participant was lost: a bounded set, used as a metric label. */
export const failureCauses = [
	"token-service",
	"turn-service",
	"dns",
	"refused",
	"unreachable",
	"tls",
	"unauthorized",
	"forbidden",
	"not-found",
	"server-error",
	"websocket",
	"timeout",
	"no-host-candidate",
	"no-relay-candidate",
	"no-tcp-candidate",
	"turn-unreachable",
	"turn-unauthorized",
	"turn-tls",
	"no-nominated-pair",
	"policy-violation",
	"no-rtp-sent",
	"no-rtp-received",
	"publish-refused",
	"disconnected",
	"duplicate-identity",
	"room-deleted",
	"server-shutdown",
	"worker-died",
	"worker-killed",
	"tester-killed",
	"agent-lost",
	"aborted",
	"internal",
] as const;

export type FailureCause = (typeof failureCauses)[number];

/** A failed join, counted once. `detail` is for people: the server's own words, without secrets. */
export interface Failure {
	readonly stage: FailureStage;
	readonly cause: FailureCause;
	readonly detail: string;
}

/** The cause where not one local candidate of the wanted kind was found. */
export function noCandidateCause(policy: IcePolicy): FailureCause {
	if (isRelayPolicy(policy)) return "no-relay-candidate";
	return policy === "tcp" ? "no-tcp-candidate" : "no-host-candidate";
}
