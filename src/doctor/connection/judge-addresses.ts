import type { Finding } from "../finding.js";
import { advertised as advertisedLines } from "./attempt-lines.js";
import type { ConnectionSight } from "./judge-connection.js";
import type { Attempt } from "./media-jobs.js";
import type { Advertised } from "./server-address.js";

/**
 * What is wrong with the addresses that the server tells for its media. Also where it connected: a server that can
 * reach us by itself hides that we could not have reached it, and the next client is behind a NAT.
 */
export function judgeAddresses(
	{ attempts, host, signalAddresses }: ConnectionSight,
	ordinary: Attempt,
	advertised: Advertised,
	attemptEvidence: readonly string[],
): Finding | undefined {
	const { addresses } = advertised;
	const isConnected = ordinary.connectMs !== undefined;
	const evidence = [
		...attemptEvidence,
		`signalling: ${host} (${signalAddresses.join(", ")})`,
		`the server's candidates: ${advertisedLines(ordinary.remote).join(", ") || "none"}`,
	];
	if (addresses.length === 0) return isConnected ? undefined : noCandidates(evidence);
	const isElsewhereUp = Object.values(attempts).some(
		(attempt) => attempt !== ordinary && attempt.connectMs !== undefined,
	);
	const isPeerReflexive = [ordinary, attempts.direct].every(isFromElsewhere);
	const isDead = !isConnected && !isElsewhereUp;
	if (!isPeerReflexive && !isDead) return undefined;
	const at = addresses.join(", ");
	const reachedAt = signalAddresses.join(", ") || host;
	if (advertised.isPrivateOnly) {
		return {
			...{ id: "connection.private-candidates", severity: "fault", confidence: "proven", evidence },
			title: `the server offers only the private address ${at} for media, and is reached at ${reachedAt}`,
			cause: "Clients outside the server's own network cannot send to a private address.",
			fix: `In livekit.yaml set rtc.use_external_ip: true, or rtc.node_ip: ${signalAddresses[0] ?? "its public address"}, and restart it.`,
		};
	}
	if (isPeerReflexive || !advertised.hasSignalAddress) {
		// Seen from the server's own machine a public address may well be right.
		const isUnsure = isPeerReflexive && advertised.mayBeReachedElsewhere;
		const judged = isUnsure
			? ({ severity: "warning", confidence: "possible" } as const)
			: ({ severity: "fault", confidence: isPeerReflexive ? "proven" : "likely" } as const);
		const seen = isPeerReflexive
			? `the connection came about only because the server itself could send to us, and the signalling is at ${reachedAt}`
			: `no check to it was answered, and the signalling is at ${reachedAt}`;
		return {
			...{ id: "connection.advertised-unreachable", ...judged, evidence },
			title: `the server advertises ${at} for media, which is not where it is: ${seen}`,
			cause:
				"Clients send their media to the advertised address (rtc.node_ip, or what rtc.use_external_ip found), and nobody answers there.",
			fix: `In livekit.yaml set rtc.node_ip to the address at which clients reach the server (${reachedAt}), or take rtc.node_ip out and set rtc.use_external_ip: true where STUN tells the right one.`,
		};
	}
	const ports = [
		...(advertised.udpPorts.length > 0 ? [`UDP ${advertised.udpPorts.join(", ")}`] : []),
		...(advertised.tcpPorts.length > 0 ? [`TCP ${advertised.tcpPorts.join(", ")}`] : []),
	].join(" and ");
	return {
		...{ id: "connection.media-ports-closed", severity: "fault", confidence: "likely", evidence },
		title: `${at} answers on none of its media ports (${ports})`,
		cause:
			"The signalling comes through and the media does not: a firewall, security group or container lets only the former pass.",
		fix: "Open, and publish from the container, the UDP range rtc.port_range_start to rtc.port_range_end (or rtc.udp_port) and TCP rtc.tcp_port (7881).",
	};
}

/** The server's end of the pair was learned from what it sent: it had not told it. What did not connect speaks for neither. */
function isFromElsewhere(attempt: Attempt | undefined): boolean {
	if (attempt?.connectMs === undefined) return attempt === undefined;
	return (
		attempt.pairs.length > 0 &&
		attempt.pairs.every(({ local, remote }) => local !== "relay" && remote === "prflx")
	);
}

function noCandidates(evidence: readonly string[]): Finding {
	return {
		...{ id: "connection.no-server-candidates", severity: "fault", confidence: "proven", evidence },
		title: "the server lets us in and offers not one candidate for media",
		cause:
			"It has no address that it may use: rtc.interfaces or rtc.ips leave none over, or its ports are all taken.",
		fix: "In livekit.yaml look at rtc.interfaces, rtc.ips and the port range; for a server on this machine alone rtc.enable_loopback_candidate: true is needed.",
	};
}
