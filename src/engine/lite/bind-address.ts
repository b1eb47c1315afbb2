import { isRelayPolicy } from "../../ice/policy-servers.js";
import { bridgeAddress } from "../../turn/bind-loopback.js";
import type { JoinOrder } from "../engine.js";
import type { PeerOptions } from "./peer.js";

/**
 * The relays: IPv6 loopback, from where UDP reaches no server, only the local bridge to TURN; libjuice itself
 * would select host pairs under `iceTransportPolicy: relay` too. A server on loopback: the address that
 * reaches it as itself, because through another one it sees a peer-reflexive candidate, which it nominates a
 * second later.
 */
export function binding({
	icePolicy,
	url,
}: Pick<JoinOrder, "icePolicy" | "url">): Pick<PeerOptions, "bindAddress"> {
	if (isRelayPolicy(icePolicy)) return { bindAddress: bridgeAddress };
	return isLoopback(new URL(url).hostname) ? { bindAddress: "127.0.0.1" } : {};
}

export function isLoopback(hostname: string): boolean {
	return hostname === "localhost" || hostname.startsWith("127.");
}
