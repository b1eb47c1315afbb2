import { UserError } from "../error/user-error.js";
import { isRelayPolicy, serversForPolicy } from "./policy-servers.js";
import { restCredentials } from "./turn-credentials.js";
import type { TurnSource } from "./turn-source.js";

export interface RestTurnOptions {
	readonly uris: readonly string[];
	/** coturn's `static-auth-secret`. */
	readonly secret: string;
	/** How long each participant's credentials last. */
	readonly ttlMs: number;
	/** Time is an argument here: the clock's epoch milliseconds, read at each call. */
	readonly nowMs: () => number;
	/** Names begin with this, so that the TURN server's log shows who they are. @default "livesoak" */
	readonly namePrefix?: string;
}

/**
 * Fresh credentials for each participant, computed from the secret shared with the TURN server.
 * @throws UserError when the secret is missing or the lifetime is not positive.
 */
export function restTurn(options: RestTurnOptions): TurnSource {
	const credentialsOf = (index: number) =>
		restCredentials({
			secret: options.secret,
			name: `${options.namePrefix ?? "livesoak"}-${index}`,
			ttlMs: options.ttlMs,
			nowMs: options.nowMs(),
		});
	if (!(options.ttlMs > 0))
		throw new UserError({
			message: `The lifetime of TURN credentials is ${options.ttlMs} ms; it must be above 0.`,
		});
	// An empty secret is told at once, before anybody joins.
	credentialsOf(0);
	return {
		kind: "rest",
		serversFor: async (policy, index) =>
			isRelayPolicy(policy) ? serversForPolicy(policy, options.uris, credentialsOf(index)) : [],
	};
}
