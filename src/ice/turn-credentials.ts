import { createHmac } from "node:crypto";
import { UserError } from "../error/user-error.js";

/** User name and password of a TURN allocation. */
export interface TurnCredentials {
	readonly username: string;
	readonly password: string;
}

export interface RestCredentialsOrder {
	/** coturn's `static-auth-secret`. */
	readonly secret: string;
	/** Any name; it shows up in the TURN server's log. Empty: the expiry alone is the user name. */
	readonly name: string;
	/** How long new allocations are let in. */
	readonly ttlMs: number;
	/** Epoch milliseconds. */
	readonly nowMs: number;
}

/**
 * Credentials by the "TURN REST API" (draft-uberti-behave-turn-rest-00, section 2.2), as coturn's
 * `use-auth-secret` checks them: user name `<unix expiry>:<name>`, password base64(HMAC-SHA1(secret, user name)).
 *
 * @throws UserError when the secret is empty.
 */
export function restCredentials(order: RestCredentialsOrder): TurnCredentials {
	if (order.secret === "")
		throw new UserError({
			message: "The TURN REST secret is missing.",
			hint: "Give coturn's static-auth-secret with --turn-secret or LIVESOAK_TURN_SECRET.",
		});
	const expiry = Math.floor((order.nowMs + order.ttlMs) / 1000);
	const username = order.name === "" ? `${expiry}` : `${expiry}:${order.name}`;
	const password = createHmac("sha1", order.secret).update(username).digest("base64");
	return { username, password };
}
