import { isIPv6 } from "node:net";
import type { StunReply } from "../../turn/turn-client.js";
import { likelyFault, possibleFault } from "../certainty.js";
import { reachOf } from "../network/reach-of.js";
import type { ServerClaim } from "./claims.js";
import { type Judgement, nameOf, wordsOf } from "./judgement.js";
import type { RelayTrial } from "./relay-trial.js";

const forbidden = 403;

/**
 * Whether the server lets itself be used towards those it is there for. That it refuses this machine's address says
 * little where LiveKit is elsewhere: well-kept servers refuse private networks.
 */
export function judgePeers(claim: ServerClaim, { own, second, livekit }: RelayTrial): Judgement[] {
	if (livekit !== undefined) {
		const { reply, address } = livekit;
		if (reply.kind === "refused" && reply.code === forbidden)
			return [{ ...refused(claim, address, "LiveKit's", reply), ...likelyFault }];
		if (reply.kind === "success") return [];
	}
	if (own.isPermitted || (second?.echo?.returned ?? 0) > 0) return [];
	const ours = own.refused.find(
		({ reply }) => reply.kind === "refused" && reply.code === forbidden,
	);
	if (ours === undefined) return [];
	const isSure = second?.refused?.kind === "refused" && second.refused.code === forbidden;
	const certainty = isSure ? likelyFault : possibleFault;
	return [{ ...refused(claim, ours.peer, "this machine's", ours.reply), ...certainty }];
}

function refused(claim: ServerClaim, address: string, whose: string, reply: StunReply) {
	return {
		id: "turn.peer-refused",
		title: `${nameOf(claim)} refuses to relay to ${whose} address ${address} (${wordsOf(reply)})`,
		cause:
			"The server gives out relay addresses, but forwards nothing to that address: a relayed participant never connects.",
		fix: fixFor(claim, address),
	} as const;
}

/** By what livekit-server 1.13.5 (its own TURN) and coturn 4.6.1 refuse, which is not the same. */
function fixFor({ from }: ServerClaim, address: string): string {
	const reach = reachOf(address);
	const network = `${address}/${isIPv6(address) ? 128 : 32}`;
	const own =
		reach === "public"
			? "take it out of `turn.deny_peer_cidrs` in livekit.yaml"
			: `add \`turn: {allow_restricted_peer_cidrs: ["${network}"]}\` to livekit.yaml`;
	const coturn =
		reach === "loopback"
			? "add `allow-loopback-peers` to turnserver.conf, on a machine for tests only"
			: `take it out of \`denied-peer-ip\` in turnserver.conf, or add \`allowed-peer-ip=${address}\``;
	return from === "server"
		? `If LiveKit's media come from there: for LiveKit's own TURN, ${own}; for coturn, ${coturn}.`
		: `If LiveKit's media come from there, ${coturn}.`;
}
