import type { CandidatePair } from "./candidate-pair.js";
import type { IcePolicy } from "./policy.js";

/**
 * Forced means forced: says in words how a selected pair breaks the policy, or undefined if it holds.
 * What an engine does not know (a relay without its protocol) counts as broken.
 *
 * A local relay behind the TLS bridge must be given as `relayProtocol: "tls"`: the peer connection itself
 * sees only the plain TCP leg to the bridge.
 */
export function violates(policy: IcePolicy, pair: CandidatePair): string | undefined {
	return holds(policy, pair)
		? undefined
		: `policy ${policy}, but the selected pair (${pair.peer}) is ${describe(pair)}`;
}

function holds(policy: IcePolicy, pair: CandidatePair): boolean {
	const relayed = pair.local === "relay" || pair.remote === "relay";
	switch (policy) {
		case "direct":
			return !relayed;
		case "tcp":
			return !relayed && pair.protocol === "tcp";
		case "relay-udp":
			return pair.local === "relay" && pair.relayProtocol === "udp";
		case "relay-tcp":
			return pair.local === "relay" && pair.relayProtocol === "tcp";
		case "relay-tls":
			return pair.local === "relay" && pair.relayProtocol === "tls";
	}
}

function describe(pair: CandidatePair): string {
	const relay = pair.local === "relay" ? ` (relay over ${pair.relayProtocol ?? "unknown"})` : "";
	return `${pair.local} → ${pair.remote} over ${pair.protocol}${relay}`;
}
