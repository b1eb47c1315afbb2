import { isRelayPolicy } from "../ice/policy-servers.js";
import { type Failure, noCandidateCause } from "../participant/failure.js";
import type { TurnConnectError } from "../turn/connect-error.js";
import type { TurnLookResult } from "../turn/turn-look.js";
import type { JoinOrder } from "./engine.js";

/** What is known of a participant that was let in and got no connection. */
export interface IceFacts {
	/** A local candidate of the wanted kind was found. */
	readonly gathered: boolean;
	/** Why the local bridge to the TURN server failed, where there is one. */
	readonly bridgeError: TurnConnectError | undefined;
	readonly look: TurnLookResult;
	/** The server's or the SDK's own words, if any. */
	readonly words: string;
}

/** The cause of a failure at stage `ice`. */
export function iceFailure({ icePolicy }: Pick<JoinOrder, "icePolicy">, facts: IceFacts): Failure {
	const { gathered, bridgeError, look } = facts;
	const words = facts.words === "" ? "" : `; ${facts.words}`;
	if (bridgeError) {
		return { stage: "ice", cause: bridgeError.cause, detail: `TURN: ${bridgeError.message}` };
	}
	if (gathered) {
		const detail = `candidates were exchanged, no pair connected${words}`;
		return { stage: "ice", cause: "no-nominated-pair", detail };
	}
	const cause = noCandidateCause(icePolicy);
	const detail = `no ${icePolicy} candidate was gathered${words}`;
	if (!isRelayPolicy(icePolicy) || look === "unknown") return { stage: "ice", cause, detail };
	if (look !== "answers") {
		return { stage: "ice", cause: "turn-unreachable", detail: `${look.unreachable}${words}` };
	}
	const hint =
		"its TURN server answers but allocated nothing: look at credentials, realm and quota";
	return { stage: "ice", cause, detail: `${detail}; ${hint}` };
}
