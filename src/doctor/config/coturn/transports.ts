import { askedUris } from "./asked-uris.js";
import type { TurnRule } from "./rule.js";
import type { TurnConfig } from "./turn-config.js";

const isTlsPossible = (config: TurnConfig) =>
	config.last("cert") !== undefined && config.last("pkey") !== undefined;

/** Whether STUN and TURN are both answered. */
export const stunAndTurn: TurnRule = function* (config) {
	const only = config.last("stun-only");
	const none = config.last("no-stun");
	if (only !== undefined && config.isOn("stun-only"))
		yield config.finding(only, {
			id: "coturn-stun-only",
			title: "turnserver.conf has stun-only: there is no TURN",
			cause:
				"coturn leaves every Allocate request without an answer: clients get no relay candidate.",
			fix: "remove stun-only.",
			edits: [{ do: "disable", line: only.line }],
		});
	if (none !== undefined && config.isOn("no-stun"))
		yield config.finding(none, {
			id: "coturn-no-stun",
			severity: "warning",
			title: "turnserver.conf has no-stun: Binding requests get no answer",
			cause:
				"Clients use their TURN server as STUN server too, and LiveKit hands out no other one beside it: they get no server-reflexive candidate and wait for it while gathering.",
			fix: "remove no-stun.",
			edits: [{ do: "disable", line: none.line }],
		});
};

/** Relaying over UDP, which is the only one that WebRTC asks for. `no-tcp-relay` alone (RFC 6062) does no harm. */
export const udpRelay: TurnRule = function* (config) {
	const option = config.last("no-udp-relay");
	if (option === undefined || !config.isOn("no-udp-relay")) return;
	const isRefused = config.isOn("no-tcp-relay");
	yield config.finding(option, {
		id: "coturn-no-udp-relay",
		title: "turnserver.conf has no-udp-relay, but WebRTC relays over UDP alone",
		cause: isRefused
			? "Together with no-tcp-relay coturn refuses to start."
			: "Every Allocate request of a client is answered with 442 (unsupported transport): there are no relay candidates.",
		fix: "remove no-udp-relay (no-tcp-relay may stay: WebRTC never asks for TCP relaying).",
		edits: [{ do: "disable", line: option.line }],
	});
};

/** Transports between client and server that are switched off. */
export const transports: TurnRule = function* (config, facts) {
	const isOff = {
		udp: config.isOn("no-udp"),
		tcp: config.isOn("no-tcp"),
		tls: config.isOn("no-tls") || !isTlsPossible(config),
	};
	if (isOff.udp && isOff.tcp && isOff.tls) {
		yield config.finding(config.last("no-udp"), {
			id: "coturn-no-transport",
			title: "turnserver.conf leaves no transport: no-udp, no-tcp and no TLS",
			cause: "Clients have no way to the TURN server.",
			fix: "remove no-udp and no-tcp.",
			edits: ["no-udp", "no-tcp"].flatMap((name) =>
				config.all(name).map(({ line }) => ({ do: "disable", line }) as const),
			),
		});
		return;
	}
	for (const [transport, uri] of askedUris(config, facts)) {
		const option = config.last(`no-${transport}`);
		// Without a certificate TLS is off as well; the rule about certificates tells that.
		if (!isOff[transport] || option === undefined) continue;
		yield config.finding(option, {
			id: "coturn-transport-off",
			title: `turnserver.conf has no-${transport}, but clients are handed ${uri}`,
			cause: `coturn does not listen over ${transport.toUpperCase()}: this way to it is dead, and gathering waits for it.`,
			fix: `remove no-${transport}${transport === "tls" ? " and name cert and pkey" : ""}; or take ${uri} from what clients are handed.`,
			edits: transport === "tls" ? [] : [{ do: "disable", line: option.line }],
		});
	}
};
