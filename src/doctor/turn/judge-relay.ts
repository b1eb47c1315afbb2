import type { StunReply } from "../../turn/turn-client.js";
import { likelyFault, possibleWarning, provenFault, provenWarning } from "../certainty.js";
import { isUnspecified } from "../config/address.js";
import { reachOf } from "../network/reach-of.js";
import type { ServerClaim } from "./claims.js";
import { judgeEcho } from "./judge-echo.js";
import { judgePeers } from "./judge-peers.js";
import { type Judgement, nameOf, wordsOf } from "./judgement.js";
import { isNearer } from "./nearer.js";
import type { RelayTrial } from "./relay-trial.js";

const nobodyHears =
	"Relay candidates are there, but no media come through: whoever is relayed hears nothing.";

/**
 * What is wrong with an allocation that was granted.
 * @param address of the TURN server
 */
export function judgeRelay(claim: ServerClaim, address: string, trial: RelayTrial): Judgement[] {
	return [
		...judgePath(claim, address, trial),
		...judgePeers(claim, trial),
		...refresh(claim, trial.refresh),
		...safety(claim, address, trial),
	];
}

/** From the relayed address to a peer and back. */
function judgePath(claim: ServerClaim, address: string, trial: RelayTrial): Judgement[] {
	const { own, second, relayed } = trial;
	if (isUnspecified(relayed.address)) return [wrongAddress(claim, relayed.address, undefined)];
	if (own.echo !== undefined) return judgeEcho(claim, own.echo);
	if (own.channel !== undefined && own.channel.kind !== "success")
		return [channelRefused(claim, own.channel)];
	// Where permission is refused, that is the matter, and not the path.
	if (!own.isPermitted) return [];
	if (own.sentFrom !== undefined && own.sentFrom.address !== relayed.address)
		return [wrongAddress(claim, relayed.address, own.sentFrom.address)];
	if (isNearer(relayed.address, address)) return [privateAddress(claim, relayed.address, address)];
	const forwards = (second?.echo?.returned ?? 0) > 0;
	return [forwards ? portsClosed(claim, trial) : unreachable(claim, trial)];
}

function wrongAddress(claim: ServerClaim, told: string, real: string | undefined): Judgement {
	return {
		...{ ...provenFault, id: "turn.relay-address-wrong" },
		title:
			real === undefined
				? `${nameOf(claim)} gives out ${told} as relay address`
				: `${nameOf(claim)} gives out ${told} as relay address, but relays from ${real}`,
		cause: `Packets to ${told} do not arrive. ${nobodyHears}`,
		fix: `Correct \`external-ip\` (the public address, or \`public/private\` behind NAT) and \`relay-ip\` (an address of the machine itself) in turnserver.conf; without NAT leave \`external-ip\` out.`,
	};
}

function privateAddress(claim: ServerClaim, relayed: string, address: string): Judgement {
	const near = reachOf(relayed) === "loopback" ? "its own machine" : "its own network";
	return {
		...{ ...likelyFault, id: "turn.relay-address-private" },
		title: `${nameOf(claim)} is reached at ${address}, but relays from ${relayed}, which only ${near} reaches`,
		cause: `The server stands behind NAT and does not know its public address. ${nobodyHears}`,
		fix: `Set \`external-ip=${address}/${relayed}\` in turnserver.conf and restart it.`,
	};
}

/** The server forwards between its own relays, so what is missing is the way from here to there. */
function portsClosed(claim: ServerClaim, { relayed, own }: RelayTrial): Judgement {
	// Behind NAT it may as well be our own network that lets no UDP out to high ports.
	const isSure = own.isBehindNat === false;
	return {
		...(isSure ? likelyFault : possibleWarning),
		id: "turn.relay-ports-closed",
		title: `no UDP packet reaches the relay of ${nameOf(claim)} at ${relayed.address}:${relayed.port}`,
		cause: `The relay's ports are closed by a firewall${isSure ? "" : ", or this machine's network lets no UDP out to them"}. If LiveKit cannot reach them either, whoever is relayed hears nothing.`,
		fix: "Open the relay's UDP ports (`min-port` to `max-port`, 49152 to 65535 by default) to the TURN server in its firewall and security group.",
	};
}

function unreachable(claim: ServerClaim, { relayed }: RelayTrial): Judgement {
	return {
		...{ ...likelyFault, id: "turn.relay-unreachable" },
		title: `nothing comes through the relay of ${nameOf(claim)} at ${relayed.address}:${relayed.port}`,
		cause: `Neither a socket of this machine nor a second relay on the same server reaches it. ${nobodyHears}`,
		fix: "See that `external-ip` and `relay-ip` in turnserver.conf are the server's, and open its UDP ports `min-port` to `max-port` (49152 to 65535 by default).",
	};
}

function channelRefused(claim: ServerClaim, reply: StunReply): Judgement {
	return {
		...{ ...provenFault, id: "turn.channel-refused" },
		title: `${nameOf(claim)} binds no channel (${wordsOf(reply)})`,
		cause: "Media are relayed over channels; without one nothing is heard.",
		fix: "Look for the refusal of CHANNEL_BIND in the TURN server's log.",
	};
}

function refresh(claim: ServerClaim, reply: StunReply): Judgement[] {
	if (reply.kind === "success") return [];
	return [
		{
			...{ ...provenFault, id: "turn.refresh-refused" },
			title: `${nameOf(claim)} does not prolong an allocation (${wordsOf(reply)})`,
			cause:
				"Relayed participants fall silent when their allocation ends, after ten minutes as a rule.",
			fix: "Look for the refusal of REFRESH in the TURN server's log.",
		},
	];
}

/** What a relay must refuse, or it opens its own machine and network to everybody with credentials. */
function safety(claim: ServerClaim, address: string, trial: RelayTrial): Judgement[] {
	const found: Judgement[] = [];
	// On one machine, relaying to loopback is what makes a test bed work.
	if (trial.loopback.kind === "success" && reachOf(address) !== "loopback")
		found.push({
			...provenWarning,
			id: "turn.loopback-peers-allowed",
			title: `${nameOf(claim)} relays to loopback addresses`,
			cause:
				"Whoever has credentials reaches services that listen on the TURN server's own machine only.",
			fix: "Take `allow-loopback-peers` out of turnserver.conf (before coturn 4.5.2: add `no-loopback-peers`).",
		});
	if (trial.multicast.kind === "success")
		found.push({
			...provenWarning,
			id: "turn.multicast-peers-allowed",
			title: `${nameOf(claim)} relays to multicast addresses`,
			cause:
				"Whoever has credentials can send to every machine of the TURN server's network at once.",
			fix: "Add `no-multicast-peers` to turnserver.conf.",
		});
	return found;
}
