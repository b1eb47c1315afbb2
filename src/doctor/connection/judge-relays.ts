import { icePolicies } from "../../ice/policy.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import type { Finding } from "../finding.js";
import { advertised, attemptLine } from "./attempt-lines.js";
import { relayTransports } from "./attempts.js";
import type { ConnectionSight } from "./judge-connection.js";

/**
 * Forced relays that do not connect although their TURN server allocates: who needs them stays without audio. A TURN
 * server that was found broken by itself has been told of.
 */
export function judgeRelays({ attempts, relays }: ConnectionSight): Finding[] {
	const failed = icePolicies.filter(isRelayPolicy).flatMap((name) => {
		const attempt = attempts[name];
		if (!attempt?.failure) return [];
		const told = relays?.filter(({ transport }) => transport === relayTransports[name]) ?? [];
		if (told.length > 0 && told.every(({ works }) => !works)) return [];
		const isAllocated = attempt.failure.cause === "no-nominated-pair";
		return [{ name, attempt, failure: attempt.failure, isAllocated, isTold: told.length > 0 }];
	});
	const [first] = failed;
	if (!first) return [];
	const evidence = failed.map(({ name, attempt }) => attemptLine(name, attempt));
	const over = failed.map(({ name }) => relayTransports[name].toUpperCase()).join(" and ");
	const confidence = first.isTold ? ("proven" as const) : ("likely" as const);
	if (!first.isAllocated) {
		return [
			{
				...{ id: "connection.relay-fails", severity: "fault", confidence: "likely", evidence },
				title: `no relay over ${over} for a WebRTC client: ${first.failure.detail}`,
				cause: "Clients behind strict firewalls have no other way.",
				fix: "Look at what the check of the TURN servers says; clients trust only public certificate authorities for turns:.",
			},
		];
	}
	// A relay sends UDP: where the server offers none, that is told, and is the cause.
	const offered = attempts.ordinary?.remote ?? [];
	if (offered.length > 0 && offered.every(({ transport }) => transport === "tcp")) return [];
	const server = advertised(attempts.ordinary?.remote ?? []).join(", ");
	return [
		{
			...{ id: "connection.relay-cannot-reach-server", severity: "fault", confidence, evidence },
			title: `a relay over ${over} is allocated, and no pair through it connects: the TURN server does not reach ${server === "" ? "the LiveKit server" : server}`,
			cause:
				"The TURN server sends from its relay address to the server's media ports, and nothing comes back: it refuses such peers (denied-peer-ip, or loopback peers), or the way between the two is closed.",
			fix: "Let the TURN server reach LiveKit's UDP range: its firewall, denied-peer-ip/allowed-peer-ip in turnserver.conf, and external-ip and relay-ip there must be the addresses that LiveKit can answer to.",
		},
	];
}
