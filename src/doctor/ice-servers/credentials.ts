import { likelyFault, likelyWarning, provenFault, provenWarning } from "../certainty.js";
import type { HandedIceServer } from "../context.js";
import type { Finding } from "../finding.js";
import { firstOf, type HandedUri, sourceFixes, uriLine, urisOf } from "./handed.js";

/** Whoever takes longer than this to join finds the credentials expired. */
const soonMs = 60_000;

export interface Clocks {
	/** Ours, epoch milliseconds. */
	readonly nowMs: number;
	/** LiveKit's minus ours; the TURN server's own clock is not known yet. */
	readonly offsetMs: number | undefined;
}

/** User names and passwords that are missing, too many, or over. @param servers with well-formed URIs */
export function credentialFindings(servers: readonly HandedIceServer[], clocks: Clocks): Finding[] {
	return [missing(servers), needless(servers), ...expiries(servers, clocks)].flatMap((one) =>
		one === undefined ? [] : [one],
	);
}

export function isTurn(text: string): boolean {
	return /^turns?:/i.test(text);
}

function missing(servers: readonly HandedIceServer[]): Finding | undefined {
	const bare = servers.filter(({ username, password }) => username === "" || password === "");
	const uris = urisOf(bare).filter(({ text }) => isTurn(text));
	const first = uris[0];
	if (first === undefined) return undefined;
	return {
		...provenFault,
		id: "ice-servers.turn-without-credentials",
		title: `TURN server ${firstOf(uris)} is handed out without user name or password`,
		cause:
			"A browser refuses the whole list for it (InvalidAccessError), and a TURN server relays for nobody without credentials.",
		fix: `Add username and credential to the entry ${sourceFixes[first.from]}.`,
		evidence: uris.map(uriLine),
	};
}

/** An entry for STUN and TURN together may have them, as some services hand it out: the TURN part needs them. */
function needless(servers: readonly HandedIceServer[]): Finding | undefined {
	const uris = urisOf(
		servers.filter(
			({ urls, username, password }) => (username !== "" || password !== "") && !urls.some(isTurn),
		),
	);
	const first = uris[0];
	if (first === undefined) return undefined;
	return {
		...provenWarning,
		id: "ice-servers.stun-with-credentials",
		title: `STUN server ${firstOf(uris)} is handed out with credentials`,
		cause:
			"STUN needs none, and clients ignore them; most often the entry was meant to be a TURN server, which is then missing.",
		fix: `Leave username and credential out, or write turn: in place of stun: if this server relays, ${sourceFixes[first.from]}.`,
		evidence: uris.map(uriLine),
	};
}

function expiries(servers: readonly HandedIceServer[], clocks: Clocks): Finding[] {
	const timed = servers.flatMap((server) => {
		const expiryMs = expiryOf(server.username);
		return expiryMs === undefined || !server.urls.some(isTurn) ? [] : [{ server, expiryMs }];
	});
	const soonest = timed.toSorted((a, b) => a.expiryMs - b.expiryMs)[0];
	if (soonest === undefined) return [];
	const { server, expiryMs } = soonest;
	const ourLeftMs = expiryMs - clocks.nowMs;
	const theirLeftMs = ourLeftMs - (clocks.offsetMs ?? 0);
	const leftMs = Math.min(ourLeftMs, theirLeftMs);
	if (leftMs > soonMs) return [];
	const uris: HandedUri[] = urisOf([server]).filter(({ text }) => isTurn(text));
	const evidence = [
		...uris.map(uriLine),
		`user name ends with ${utc(expiryMs)}; it is ${utc(clocks.nowMs)} here${clocks.offsetMs === undefined ? "" : `, ${utc(clocks.nowMs + clocks.offsetMs)} at LiveKit`}`,
	];
	const where =
		server.from === "server"
			? "a larger `ttl` of rtc.turn_servers in livekit.yaml"
			: "a longer lifetime";
	if (leftMs > 0)
		return [
			{
				...(server.from === "flag" ? likelyWarning : provenWarning),
				id: "ice-servers.expiring-credentials",
				title: `the TURN credentials for ${firstOf(uris)} expire in ${Math.floor(leftMs / 1000)} s`,
				cause:
					"Whoever gathers, reconnects or refreshes a permission after that is refused with 401.",
				fix: `Hand them out fresh for each join, with ${where} than a session lasts (24 h is usual).`,
				evidence,
			},
		];
	const isSure = ourLeftMs <= 0 && theirLeftMs <= 0;
	return [
		{
			...(isSure ? provenFault : likelyFault),
			id: "ice-servers.expired-credentials",
			title: `the TURN credentials for ${firstOf(uris)} expired ${Math.ceil(-leftMs / 1000)} s ago`,
			cause:
				"The user name of a TURN REST credential begins with the time at which it ends; the TURN server answers 401 to it from then on, and no relay candidate is gathered.",
			fix: `Compute the credentials anew for each join instead of keeping them, with ${where}, on a machine whose clock is right (NTP).`,
			evidence,
		},
	];
}

/**
 * When a TURN REST user name (draft-uberti-behave-turn-rest-00, section 2.2) ends; coturn takes the time before or
 * after the colon. Undefined for a user name of another kind. A time in milliseconds never ends for coturn.
 */
export function expiryOf(username: string): number | undefined {
	const seconds = /^(\d{9,10})(?::|$)/.exec(username)?.[1] ?? /:(\d{9,10})$/.exec(username)?.[1];
	return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function utc(ms: number): string {
	return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
