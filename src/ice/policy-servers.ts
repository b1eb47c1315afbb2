import { UserError } from "../error/user-error.js";
import type { IceServer } from "./ice-server.js";
import type { IcePolicy } from "./policy.js";
import type { TurnCredentials } from "./turn-credentials.js";
import { formatIceUri, type IceUri, parseIceUri } from "./uri.js";

/** Policies that go through a TURN server. */
export type RelayPolicy = Extract<IcePolicy, `relay-${string}`>;

interface Leg {
	readonly scheme: "turn" | "turns";
	readonly transport: "udp" | "tcp";
}

/** The way from the client to its TURN server that each policy forces. */
const legs: Readonly<Record<RelayPolicy, Leg>> = {
	"relay-udp": { scheme: "turn", transport: "udp" },
	"relay-tcp": { scheme: "turn", transport: "tcp" },
	"relay-tls": { scheme: "turns", transport: "tcp" },
};

export function isRelayPolicy(policy: IcePolicy): policy is RelayPolicy {
	return policy in legs;
}

/**
 * The TURN servers a participant under this policy gets: only URIs whose transport is the forced one, so that
 * the engine cannot choose another. A URI without `transport=` serves UDP and TCP (RFC 7065) and is narrowed;
 * no port or scheme is ever invented. Empty for `direct` and `tcp`.
 *
 * @param turnUris What the user or a credential service gave; `stun:` URIs among them are an error.
 * @throws UserError when a URI is wrong, or none fits the policy.
 */
export function serversForPolicy(
	policy: IcePolicy,
	turnUris: readonly string[],
	credentials: TurnCredentials,
): IceServer[] {
	if (!isRelayPolicy(policy)) return [];
	const urls = urisForPolicy(policy, turnUris);
	if (urls.length === 0) throw nothingFits(policy, turnUris);
	return [{ urls, ...credentials }];
}

/**
 * Those of the URIs that fit, narrowed to the forced transport, without doubles; may be empty.
 * @throws UserError when one of the URIs is wrong, whether it would fit or not.
 */
export function urisForPolicy(policy: RelayPolicy, turnUris: readonly string[]): string[] {
	const leg = legs[policy];
	const urls = turnUris
		.map((text) => turnUri(text))
		.filter(
			(uri) => uri.scheme === leg.scheme && (uri.transport ?? leg.transport) === leg.transport,
		)
		.map((uri) => formatIceUri({ ...uri, transport: leg.transport }));
	return [...new Set(urls)];
}

function turnUri(text: string): IceUri {
	const uri = parseIceUri(text);
	if (uri.scheme === "turn" || uri.scheme === "turns") return uri;
	throw new UserError({
		message: `ICE server URI "${text}" names a STUN server; a relay policy needs a TURN server.`,
		hint: `"turn:${text.slice(text.indexOf(":") + 1)}", if this server relays.`,
	});
}

/** The error of a policy that none of the given URIs can serve. */
export function nothingFits(policy: RelayPolicy, given: readonly string[]): UserError {
	const { scheme, transport } = legs[policy];
	return new UserError({
		message:
			given.length === 0
				? `ICE policy ${policy} needs a TURN server; none is given.`
				: `ICE policy ${policy} needs a ${scheme}: URI for ${transport}; given: ${given.join(", ")}.`,
		hint: `Add --turn "${scheme}:HOST:PORT?transport=${transport}" (the host and port where the TURN server listens for it).`,
	});
}
