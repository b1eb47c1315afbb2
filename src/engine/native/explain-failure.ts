import { redact } from "../../error/redact.js";
import type { Failure } from "../../participant/failure.js";
import type { JoinOrder } from "../engine.js";
import { type IceFacts, iceFailure } from "../ice-failure.js";

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
	turn: Pick<IceFacts, "bridgeError" | "look">,
	error: unknown,
): Failure {
	const words = redact(error instanceof Error ? error.message : String(error));
	if (!progress.joined) {
		const cause = order.signal.aborted ? "timeout" : "internal";
		return progress.socketFailure ?? { stage: "joined", cause, detail: words };
	}
	const said = progress.leaveReason ? `LiveKit: ${progress.leaveReason}` : words;
	// What follows a connection that is up is the publishing alone.
	if (progress.connected) return { stage: "published", cause: "no-rtp-sent", detail: said };
	return iceFailure(order, { ...turn, gathered: progress.gathered, words: said });
}
