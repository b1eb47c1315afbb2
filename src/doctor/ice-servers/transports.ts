import { type IceUri, parseIceUri } from "../../ice/uri.js";
import { likelyWarning, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { firstOf, type HandedUri, sourceFixes, uriLine } from "./handed.js";

interface Turn {
	readonly handed: HandedUri;
	readonly uri: IceUri;
}

/**
 * Which transports the TURN servers leave to whoever cannot use UDP, or needs it. One --turn is what the user wants
 * looked at and no whole list, so it alone is not judged. Only TCP is a choice of LiveKit's own TURN over TLS, and
 * judged in a service's list alone. Clients that are given such a list do not take the server's besides, so each is
 * judged by itself.
 * @param uris well-formed ones
 */
export function transportFindings(uris: readonly HandedUri[]): Finding[] {
	const isOfService = ({ from }: HandedUri) => from === "service";
	return [uris.filter(isOfService), uris.filter((uri) => !isOfService(uri))].flatMap(listFindings);
}

function listFindings(uris: readonly HandedUri[]): Finding[] {
	const turns = uris
		.map((handed): Turn => ({ handed, uri: parseIceUri(handed.text) }))
		.filter(({ uri }) => uri.scheme === "turn" || uri.scheme === "turns");
	const dtls = turns.filter(({ uri }) => uri.scheme === "turns" && uri.transport === "udp");
	const usable = turns.filter((turn) => !dtls.includes(turn));
	return [overDtls(dtls), usable.length === 0 ? undefined : missingWay(usable)].flatMap((one) =>
		one === undefined ? [] : [one],
	);
}

function missingWay(turns: readonly Turn[]): Finding | undefined {
	const handed = turns.map((turn) => turn.handed);
	const fallbacks = turns.filter(({ uri }) => uri.scheme === "turns" || uri.transport === "tcp");
	if (handed.every(({ from }) => from === "flag")) return undefined;
	if (fallbacks.length > 0)
		return fallbacks.length === turns.length && handed.some(({ from }) => from === "service")
			? onlyTcp(handed)
			: undefined;
	const open = turns.filter(({ uri }) => uri.transport === undefined).map((turn) => turn.handed);
	return open.length > 0 ? noTransport(open) : onlyUdp(handed);
}

function noTransport(uris: readonly HandedUri[]): Finding {
	return {
		...likelyWarning,
		id: "ice-servers.missing-transport",
		title: `TURN server ${firstOf(uris)} is handed out without transport=, and none for TCP beside it`,
		cause:
			"Clients then try UDP alone, so that whoever sits behind a firewall without UDP gets no relay and hears nothing.",
		fix: `Name it twice ${fixOf(uris)}: with ?transport=udp and with ?transport=tcp.`,
		evidence: uris.map(uriLine),
	};
}

function onlyUdp(uris: readonly HandedUri[]): Finding {
	return {
		...likelyWarning,
		id: "ice-servers.turn-only-udp",
		title: `TURN is handed out for UDP only (${firstOf(uris)})`,
		cause:
			"Whoever sits behind a firewall that lets no UDP through needs a relay by TCP or TLS, and has none.",
		fix: `Add the same server with ?transport=tcp, and a turns: one at port 443 or 5349, ${fixOf(uris)}.`,
		evidence: uris.map(uriLine),
	};
}

function onlyTcp(uris: readonly HandedUri[]): Finding {
	return {
		...likelyWarning,
		id: "ice-servers.turn-only-tcp",
		title: `TURN is handed out for TCP and TLS only (${firstOf(uris)})`,
		cause:
			"A lost packet holds up all audio behind it on TCP: whoever needs a relay hears stutter where UDP would do.",
		fix: `Add the same server with ?transport=udp ${fixOf(uris)}.`,
		evidence: uris.map(uriLine),
	};
}

function overDtls(turns: readonly Turn[]): Finding | undefined {
	const uris = turns.map(({ handed }) => handed);
	if (uris.length === 0) return undefined;
	return {
		...provenWarning,
		id: "ice-servers.turns-over-udp",
		title: `TURN server ${firstOf(uris)} asks for TLS over UDP`,
		cause: "turns: with transport=udp means DTLS, which no browser speaks: the entry is of no use.",
		fix: `Write ?transport=tcp for turns:, or turn: for UDP, ${fixOf(uris)}.`,
		evidence: uris.map(uriLine),
	};
}

function fixOf(uris: readonly HandedUri[]): string {
	return sourceFixes[uris[0]?.from ?? "service"];
}
