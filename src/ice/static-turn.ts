import { UserError } from "../error/user-error.js";
import { serversForPolicy } from "./policy-servers.js";
import type { TurnCredentials } from "./turn-credentials.js";
import type { TurnSource } from "./turn-source.js";

/**
 * The same user name and password for every participant (coturn's `lt-cred-mech`).
 * @throws UserError when one of them is missing.
 */
export function staticTurn(uris: readonly string[], credentials: TurnCredentials): TurnSource {
	const missing = credentials.username === "" ? "user name" : "password";
	if (credentials.username === "" || credentials.password === "")
		throw new UserError({
			message: `The TURN ${missing} is missing.`,
			hint: "Give --turn-username and --turn-password, or --turn-secret for REST credentials.",
		});
	return {
		kind: "static",
		serversFor: async (policy) => serversForPolicy(policy, uris, credentials),
	};
}
