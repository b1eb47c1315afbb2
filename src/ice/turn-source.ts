import type { IceServer } from "./ice-server.js";
import type { IcePolicy } from "./policy.js";

/** Where a participant's TURN servers and credentials come from: one file per kind. */
export interface TurnSource {
	readonly kind: "static" | "rest" | "service";
	/**
	 * The TURN servers for one participant; empty for `direct` and `tcp`.
	 * @param index 0-based number of the participant, for credentials that tell participants apart.
	 * @throws UserError when the URIs given do not fit the policy (static and rest: the same for every index).
	 * @throws JoinError of stage `credentials` when a credential service fails.
	 */
	serversFor(policy: IcePolicy, index: number): Promise<IceServer[]>;
}
