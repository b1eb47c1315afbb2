import type { RelayFact } from "../context.js";
import type { Finding } from "../finding.js";
import { attemptLine } from "./attempt-lines.js";
import { type Attempts, isDirectUdp } from "./attempts.js";
import { judgeAddresses } from "./judge-addresses.js";
import { judgeRelays } from "./judge-relays.js";
import { judgeSpeed } from "./judge-speed.js";
import type { Attempt } from "./media-jobs.js";
import { readAdvertised } from "./server-address.js";

/** All that is known when the attempts are over. */
export interface ConnectionSight {
	readonly attempts: Attempts;
	/** Host of the server's URL, and what it resolves to. */
	readonly host: string;
	readonly signalAddresses: readonly string[];
	/** From the check of the TURN servers, if there was one. */
	readonly relays?: readonly RelayFact[];
}

/** What is wrong with the way of the media, from how the joins went. Pure. */
export function judgeConnection(sight: ConnectionSight): Finding[] {
	const { ordinary } = sight.attempts;
	if (!ordinary) return [];
	const { failure } = ordinary;
	if (failure && failure.stage !== "ice" && failure.stage !== "dtls")
		return [notLetIn(ordinary, failure)];
	const isConnected = ordinary.connectMs !== undefined;
	return [
		...judgeWay(sight, ordinary),
		...(isConnected ? judgeRelays(sight) : []),
		...judgeSpeed(sight.attempts),
	];
}

/** One finding at most: each of these explains those after it. */
function judgeWay(sight: ConnectionSight, ordinary: Attempt): Finding[] {
	const { attempts, signalAddresses } = sight;
	const { direct, tcp } = attempts;
	const evidence = Object.entries({ ordinary, direct, tcp }).flatMap(([name, attempt]) =>
		attempt ? [attemptLine(name as keyof Attempts, attempt)] : [],
	);
	const advertised = readAdvertised(ordinary.remote, signalAddresses);
	if (isStuckInDtls(attempts)) return [dtlsFails(evidence)];
	const address = judgeAddresses(sight, ordinary, advertised, evidence);
	if (address) return [address];
	const { udpPorts, tcpPorts, addresses } = advertised;
	const severity = ordinary.connectMs === undefined ? "fault" : "warning";
	const isOverTcp = ordinary.pairs.some(
		({ local, protocol }) => local !== "relay" && protocol === "tcp",
	);
	const isDirectDead = direct !== undefined && direct.connectMs === undefined;
	const at = addresses.join(", ");
	if (addresses.length > 0 && udpPorts.length === 0) {
		const relays = Object.entries(attempts).filter(([name]) => name.startsWith("relay-"));
		const isRelayDead = relays.some(([, { failure }]) => failure !== undefined);
		return [
			{
				...{ id: "connection.only-tcp-candidates", confidence: "proven", evidence },
				severity: isRelayDead ? "fault" : severity,
				title: `the server offers TCP ${tcpPorts.join(", ")} at ${at} and no UDP at all`,
				cause: `Over TCP every lost packet holds up those behind it: audio stutters on poor networks.${isRelayDead ? " A relay sends UDP to the server, so whoever needs one hears nothing." : ""}`,
				fix: "In livekit.yaml remove rtc.force_tcp and give rtc.port_range_start and rtc.port_range_end (or rtc.udp_port).",
			},
		];
	}
	const isTcpAlive = isOverTcp || tcp?.connectMs !== undefined;
	if (isTcpAlive && isDirectDead && !isDirectUdp(ordinary)) {
		const ports = [...udpPorts].sort((a, b) => a - b).join(", ");
		return [
			{
				...{ id: "connection.udp-blocked", severity, confidence: "proven", evidence },
				title: `UDP to ${at} (ports ${ports}) is blocked; only TCP ${tcpPorts.join(", ")} comes through`,
				cause:
					"No UDP packet passes between here and the server's media ports: audio falls back to TCP, which stutters, and clients without ICE over TCP do not connect at all.",
				fix: "Open the server's UDP range (rtc.port_range_start to rtc.port_range_end, or rtc.udp_port) in its firewall or security group, both ways; or the client's network must let UDP out.",
			},
		];
	}
	const isRelayed = ordinary.pairs.some(({ local }) => local === "relay");
	const relay = Object.entries(attempts).find(
		([name, attempt]) => name.startsWith("relay-") && attempt.connectMs !== undefined,
	);
	if (!isDirectUdp(ordinary) && isDirectDead && (isRelayed || relay)) {
		return [
			{
				...{ id: "connection.only-relay", severity, confidence: "proven", evidence },
				title: `nothing but the relay reaches the server: ${at} answers neither over UDP nor over TCP`,
				cause:
					"The direct ways are closed, so that all audio goes through TURN: more delay, and nothing at all for who gets no TURN server.",
				fix: "Open the server's UDP range and rtc.tcp_port (7881), or check that rtc.node_ip is the address at which clients reach it.",
			},
		];
	}
	if (tcp?.failure?.stage === "ice" && tcpPorts.length > 0 && isDirectUdp(ordinary)) {
		return [
			{
				...{
					id: "connection.tcp-unreachable",
					severity: "warning",
					confidence: "likely",
					evidence,
				},
				title: `the server offers TCP ${tcpPorts.join(", ")} at ${at}, where nothing connects`,
				cause: "Who cannot use UDP falls back to this port, and stays without audio.",
				fix: `Open TCP ${tcpPorts.join(", ")} (rtc.tcp_port) in the server's firewall, or publish it from its container.`,
			},
		];
	}
	return [];
}

function isStuckInDtls({ ordinary, direct }: Attempts): boolean {
	if (ordinary?.connectMs !== undefined || direct?.connectMs !== undefined) return false;
	return direct?.stagesMs.ice !== undefined && direct.stagesMs.dtls === undefined;
}

function dtlsFails(evidence: readonly string[]): Finding {
	return {
		...{ id: "connection.dtls-fails", severity: "fault", confidence: "proven", evidence },
		title: "a candidate pair is nominated, and DTLS does not finish on it",
		cause:
			"ICE's small packets pass and the larger ones of the handshake do not: an MTU that is too small on the way (VPN, tunnel), or a firewall that filters DTLS.",
		fix: "Lower the MTU of the tunnel's interface or clamp it on both ends, and let UDP of 1,200 bytes pass unfiltered.",
	};
}

function notLetIn(ordinary: Attempt, failure: NonNullable<Attempt["failure"]>): Finding {
	return {
		...{ id: "connection.join-fails", severity: "fault", confidence: "likely" },
		title: `the server does not let a participant in: ${failure.detail}`,
		cause: `The join ended at its stage \`${failure.stage}\` (${failure.cause}), before any media.`,
		fix: "Look at what the checks of token and signalling say, and at the server's log at this moment.",
		evidence: [attemptLine("ordinary", ordinary)],
	};
}
