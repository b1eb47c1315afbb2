import { redact } from "../../error/redact.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import type { Failure } from "../../participant/failure.js";
import { noCandidateCause } from "../../participant/join-lifecycle.js";
import type { TurnLookResult } from "../../turn/turn-look.js";
import type { JoinOrder } from "../engine.js";

/** What is known of a join while rtc-node is silent about it. */
export interface JoinProgress {
	socketFailure?: Failure;
	joined: boolean;
	gathered: boolean;
	connected: boolean;
	leaveReason?: string;
	/** Track sid by `mid`, as the server last told. */
	sidByMid: Readonly<Record<string, string>>;
}

/** The stage and cause of a join that failed, from what its signalling and its TURN server showed. */
export function explainFailure(
	order: JoinOrder,
	progress: JoinProgress,
	turn: {
		readonly bridgeError: { code: string; message: string } | undefined;
		readonly look: TurnLookResult;
	},
	error: unknown,
): Failure {
	const { bridgeError, look } = turn;
	const words = redact(error instanceof Error ? error.message : String(error));
	if (!progress.joined) {
		const cause = order.signal.aborted ? "timeout" : "internal";
		return progress.socketFailure ?? { stage: "joined", cause, detail: words };
	}
	if (bridgeError) {
		const cause = bridgeError.code === "ECONNREFUSED" ? "turn-unreachable" : "turn-tls";
		const detail = `TURN over TLS: ${bridgeError.message} (${bridgeError.code})`;
		return { stage: "ice", cause, detail };
	}
	const server = progress.leaveReason ? `LiveKit: ${progress.leaveReason}` : words;
	if (progress.gathered) {
		const detail = `candidates were exchanged, no pair connected; ${server}`;
		return { stage: "ice", cause: "no-nominated-pair", detail };
	}
	const cause = noCandidateCause(order.icePolicy);
	const detail = `no ${order.icePolicy} candidate was gathered; ${server}`;
	if (!isRelayPolicy(order.icePolicy)) return { stage: "ice", cause, detail };
	if (look === "unknown") return { stage: "ice", cause, detail };
	if (look !== "answers") {
		return { stage: "ice", cause: "turn-unreachable", detail: `${look.unreachable}; ${server}` };
	}
	const hint =
		"its TURN server answers but allocated nothing: look at credentials, realm and quota";
	return { stage: "ice", cause, detail: `${detail}; ${hint}` };
}
