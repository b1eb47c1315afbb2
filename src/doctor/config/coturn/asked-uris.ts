import { parseIceUri } from "../../../ice/uri.js";
import type { LintFacts } from "../lint-facts.js";
import type { TurnConfig } from "./turn-config.js";

/**
 * The TURN URIs that clients are handed for this server, one a transport: what the user named with --turn, else those
 * with a port of this file. Malformed ones are a matter of the check of ICE servers.
 */
export function askedUris(
	config: TurnConfig,
	{ turn, iceUris = [] }: LintFacts,
): ReadonlyMap<"udp" | "tcp" | "tls", string> {
	const ports = [config.number("listening-port", 3478), config.number("tls-listening-port", 5349)];
	const asked = new Map<"udp" | "tcp" | "tls", string>();
	for (const text of turn === undefined ? iceUris : [turn.uri]) {
		try {
			const { scheme, port, transport = "udp" } = parseIceUri(text);
			if (!scheme.startsWith("turn") || !(turn !== undefined || ports.includes(port))) continue;
			asked.set(scheme === "turns" ? "tls" : transport, text);
		} catch {}
	}
	return asked;
}
