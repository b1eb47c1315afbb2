import type { Finding } from "./finding.js";

type Id = Finding["id"];

/** `*` stands for any part of an id. */
type Pattern = string;

/** What is seen of a livekit-server that did not start with its config. */
const notStarted: readonly Pattern[] = [
	...["tcp.refused", "tcp.no-answer", "tcp.dead-address", "http.bad-gateway", "http.not-ready"],
	...["tls.no-answer", "signal.upgrade-refused"],
];

/** What is seen where a server's candidates lead nowhere. */
const candidatesDead: readonly Pattern[] = [
	...["connection.advertised-unreachable", "connection.private-candidates"],
	...["connection.media-ports-closed", "connection.no-server-candidates"],
	...["connection.udp-blocked", "connection.join-fails", "connection.only-relay"],
	...["connection.only-tcp-candidates", "connection.relay-cannot-reach-server"],
];

/** What is seen where nothing listens for TURN at the place that was handed out. */
const turnAbsent: readonly Pattern[] = [
	...["turn.refused", "turn.no-answer", "turn.unreachable", "turn.*-unreachable", "turn.no-tls"],
	...["turn.not-turn", "turn.stun-only", "gathering.no-relay"],
];

/** What is seen of wrong TURN credentials, besides the findings that name the reason. */
const turnRefused: readonly Pattern[] = [
	...["turn.credentials-*", "turn.wrong-*", "turn.other-config", "turn.server-error"],
	...["turn.unreachable", "gathering.no-relay"],
];

const relayAddress: readonly Pattern[] = [
	...["turn.relay-*", "turn.no-capacity", "connection.relay-*", "gathering.no-relay"],
];

const turnCertificate: readonly Pattern[] = ["turn.certificate-*", "turn.no-tls", "turn.tls-*"];

const peersRefused: readonly Pattern[] = [
	...["turn.peer-refused", "turn.forbidden", "turn.relay-unreachable", "connection.relay-*"],
];

/** Ids of config findings, without their `config.` → what is seen of the system when the file is so. */
const links: readonly (readonly [config: Pattern, observed: readonly Pattern[]])[] = [
	// livekit.yaml
	["livekit-*", notStarted],
	["key-file-*", [...notStarted, "signal.unknown-api-key"]],
	["api-keys-missing", notStarted],
	["api-key-unknown", ["signal.unknown-api-key", "token.issuer-differs"]],
	["api-secret-differs", ["signal.wrong-secret", "token.secret-mismatch"]],
	["bind-addresses-loopback", notStarted],
	["redis-*", [...notStarted, "signal.*"]],
	["port-*", [...notStarted, ...candidatesDead]],
	["udp-port-ignored", candidatesDead],
	["node-ip-*", candidatesDead],
	["tcp-port-off", [...candidatesDead, "connection.tcp-unreachable"]],
	[
		"stun-server-*",
		[
			...["ice-servers.scheme-twice", "ice-servers.malformed-uri", "ice-servers.ipv6-brackets"],
			...["ice-servers.unknown-host", "signal.media-setup", "signal.sent-away"],
			...["signal.no-join-response", "signal.closed-early", "gathering.dead-stun"],
			...["gathering.no-srflx", "connection.join-fails", ...notStarted],
		],
	],
	[
		"stun-servers-*",
		["ice-servers.public-stun-unreachable", "gathering.dead-stun", "stun.no-answer"],
	],
	["turn-no-*", notStarted],
	["turn-secret-file-*", [...notStarted, ...turnRefused]],
	["turn-certificate-*", [...notStarted, ...turnCertificate]],
	["turn-relay-range-*", [...notStarted, ...relayAddress]],
	["turn-tls-port", [...turnAbsent, ...turnCertificate, "ice-servers.turns-on-plain-port"]],
	["turn-peer-denied", peersRefused],
	[
		"turn-server-host",
		[
			"ice-servers.malformed-uri",
			"ice-servers.unknown-host",
			"ice-servers.scheme-twice",
			...turnAbsent,
		],
	],
	["turn-server-port*", ["ice-servers.malformed-uri", "ice-servers.turn*-port", ...turnAbsent]],
	["turn-server-protocol", ["ice-servers.*transport", "ice-servers.turns-over-udp", ...turnAbsent]],
	["turn-server-credentials", ["ice-servers.turn-without-credentials", ...turnRefused]],
	["turn-server-secret-differs", turnRefused],
	// turnserver.conf
	["coturn-secret-*", turnRefused],
	["coturn-user-differs", turnRefused],
	["coturn-users-ignored", turnRefused],
	["coturn-realm-missing", turnRefused],
	["coturn-external-ip-*", relayAddress],
	["coturn-address-*", [...relayAddress, ...turnAbsent]],
	["coturn-relay-range-*", relayAddress],
	["coturn-relay-ip-foreign", [...relayAddress, "turn.stun-only"]],
	["coturn-listening-ip-foreign", turnAbsent],
	["coturn-port-*", [...turnAbsent, ...relayAddress]],
	["coturn-no-udp-relay", ["turn.no-udp-relay", ...relayAddress]],
	["coturn-no-transport", turnAbsent],
	["coturn-transport-off", turnAbsent],
	["coturn-certificate-*", [...turnCertificate, ...turnAbsent]],
	["coturn-no-stun", ["stun.*", "gathering.no-srflx"]],
	["coturn-stun-only", ["turn.stun-only", "turn.not-turn", ...turnAbsent]],
	["coturn-total-quota", ["turn.quota"]],
	["coturn-user-quota", ["turn.quota"]],
	["coturn-capacity", ["turn.quota", "turn.no-capacity"]],
	["coturn-bandwidth", ["turn.relay-loss", "audio.gaps", "audio.poor-quality"]],
	["coturn-*-denied", peersRefused],
	["coturn-loopback-peers", ["turn.loopback-peers-allowed"]],
	["coturn-multicast-peers", ["turn.multicast-peers-allowed"]],
	["coturn-open", ["turn.no-auth"]],
	["coturn-value", [...turnAbsent, ...turnRefused, ...relayAddress]],
	["coturn-semicolon", [...turnRefused, ...relayAddress]],
	["coturn-inline-comment", [...turnAbsent, ...turnRefused, ...relayAddress]],
	["coturn-unknown-option", turnAbsent],
];

/**
 * What already says what is wrong with the system, only not yet in which line: it stands before the line. All else
 * is a symptom, with the line as its cause.
 */
const namesItsCause: readonly Pattern[] = [
	...["signal.unknown-api-key", "signal.wrong-secret", "token.*", "ice-servers.*"],
	...["turn.wrong-*", "turn.credentials-expired", "turn.credentials-kind", "turn.quota"],
	...["turn.certificate-*", "turn.*-peers-allowed", "turn.no-auth", "turn.no-udp-relay"],
];

/** Whether the mistake in the config file makes just this be seen. */
export function explains(config: Id, observed: Id): boolean {
	const name = config.slice("config.".length);
	return links.some(
		([from, to]) => matches(from, name) && to.some((pattern) => matches(pattern, observed)),
	);
}

/** Whether the observation alone is the root cause, and the line in the file where to mend it. */
export function isOwnCause(observed: Id): boolean {
	return namesItsCause.some((pattern) => matches(pattern, observed));
}

/** All patterns, for a test that holds them against docs/diagnosis.md. */
export const patterns: readonly Pattern[] = [
	...links.flatMap(([from, to]) => [`config.${from}`, ...to]),
	...namesItsCause,
];

export function matches(pattern: Pattern, id: string): boolean {
	const source = pattern.split("*").map((part) => part.replace(/[.-]/g, "\\$&"));
	return new RegExp(`^${source.join(".*")}$`).test(id);
}
