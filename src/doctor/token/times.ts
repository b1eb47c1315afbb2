import { likelyFault, likelyWarning, provenFault, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { claimOf } from "./claim.js";
import type { JsonObject } from "./read-token.js";
import { momentText, spanText } from "./span.js";

export interface ServerTime {
	/** Milliseconds since the Unix epoch: the server's clock where it is known, else this machine's. */
	readonly nowMs: number;
	/** The server's clock minus ours; undefined: unknown. */
	readonly offsetMs?: number | undefined;
}

/** So much late or early the server still lets pass (livekit/protocol auth/verifier.go). */
const leewayMs = 60_000;
const soonMs = 30_000;
const longestLifeMs = 366 * 86_400_000;
/** As seconds this would be the year 5138: it is milliseconds. */
const millisecondsFrom = 1e11;

/** The claims `exp`, `nbf` and `iat` (RFC 7519, seconds) against the server's clock. */
export function lintTimes(claims: JsonObject, time: ServerTime): Finding[] {
	const fields = {
		exp: secondsIn(claims, "exp"),
		nbf: secondsIn(claims, "nbf"),
		iat: secondsIn(claims, "iat"),
	};
	const inMs = Object.entries(fields).flatMap(([name, value]) =>
		value !== undefined && value >= millisecondsFrom ? [name] : [],
	);
	if (inMs.length > 0) return [milliseconds(inMs)];
	const [exp, nbf, iat] = [toMs(fields.exp), toMs(fields.nbf), toMs(fields.iat)];
	if (exp !== undefined && nbf !== undefined && nbf > exp) return [neverValid(exp, nbf)];
	return [
		...(exp === undefined ? lintAbsentExpiry(claims) : lintExpiry(exp, time)),
		...(nbf !== undefined && nbf > time.nowMs + leewayMs ? [notYetValid(nbf, time)] : []),
		...lintLife(exp, nbf ?? iat),
		...(iat !== undefined && nbf === undefined && iat > time.nowMs + leewayMs
			? [issuedInFuture(iat, time)]
			: []),
	];
}

/** One that cannot be read is told by claim-types.ts; 0 counts as absent, as with the server. */
export function secondsIn(claims: JsonObject, name: string): number | undefined {
	const value = claimOf(claims, name);
	const number = typeof value === "string" && value !== "" ? Number(value) : value;
	return typeof number === "number" && Number.isFinite(number) && number !== 0 ? number : undefined;
}

function toMs(value: number | undefined): number | undefined {
	return value === undefined ? undefined : value * 1_000;
}

function lintExpiry(expMs: number, time: ServerTime): Finding[] {
	const leftMs = expMs - time.nowMs;
	if (leftMs <= -leewayMs) return [expired(expMs, time)];
	if (leftMs >= soonMs) return [];
	return [
		{
			id: "token.expires-soon",
			...provenWarning,
			title: leftMs > 0 ? `the token expires in ${spanText(leftMs)}` : "the token has just expired",
			cause: "Whoever joins with it a little later, or reconnects, is refused with 401.",
			fix: "Make the token right before the join, and give it some minutes to live (ttl).",
			evidence: [clockLine(time), `exp ${momentText(expMs)}`],
		},
	];
}

function expired(expMs: number, time: ServerTime): Finding {
	return {
		id: "token.expired",
		...sure(time),
		title: `the token expired ${spanText(time.nowMs - expMs)} ago`,
		cause: "The server answers 401 to an expired token; a minute late still passes.",
		fix: isSkewToBlame(expMs, time, (atMs, nowMs) => nowMs - atMs < leewayMs)
			? skewFix(time)
			: "Make a new token for every join, and give it long enough to live (ttl) to get there.",
		evidence: [clockLine(time), `exp ${momentText(expMs)}`],
	};
}

function notYetValid(nbfMs: number, time: ServerTime): Finding {
	return {
		id: "token.not-yet-valid",
		...sure(time),
		title: `the token is not valid for another ${spanText(nbfMs - time.nowMs)}`,
		cause:
			"The server answers 401 before nbf: the clock of whoever makes the tokens is ahead of the server's.",
		fix: isSkewToBlame(nbfMs, time, (atMs, nowMs) => atMs - nowMs < leewayMs)
			? skewFix(time)
			: "Synchronise the clock of the machine that makes the tokens (NTP), or leave nbf out.",
		evidence: [clockLine(time), `nbf ${momentText(nbfMs)}`],
	};
}

/** By our clock it would be valid, and it is the server's that refuses it. */
function isSkewToBlame(
	atMs: number,
	{ nowMs, offsetMs }: ServerTime,
	isValid: (atMs: number, nowMs: number) => boolean,
): boolean {
	return offsetMs !== undefined && isValid(atMs, nowMs - offsetMs);
}

function skewFix({ offsetMs = 0 }: ServerTime): string {
	const way = offsetMs > 0 ? "ahead of" : "behind";
	return `Synchronise both clocks (NTP): the server's is ${spanText(offsetMs)} ${way} this machine's.`;
}

/** Without the server's clock the judgement is by ours, which may be the wrong one. */
function sure({ offsetMs }: ServerTime): typeof provenFault | typeof likelyFault {
	return offsetMs === undefined ? likelyFault : provenFault;
}

function clockLine({ nowMs, offsetMs }: ServerTime): string {
	const whose =
		offsetMs === undefined
			? "this machine's clock (the server's is unknown)"
			: "the server's clock";
	return `${whose}: ${momentText(nowMs)}`;
}

function lintLife(expMs: number | undefined, fromMs: number | undefined): Finding[] {
	if (expMs === undefined || fromMs === undefined || expMs - fromMs <= longestLifeMs) return [];
	return [
		{
			id: "token.lifetime",
			...provenWarning,
			title: `the token lives for ${spanText(expMs - fromMs)}`,
			cause: "Whoever gets hold of it can join for all that time; it cannot be revoked.",
			fix: "Give it minutes to hours to live (ttl): it is needed to join, not to stay.",
			evidence: [`exp ${momentText(expMs)}`],
		},
	];
}

function neverValid(expMs: number, nbfMs: number): Finding {
	return {
		id: "token.never-valid",
		...provenFault,
		title: `the token is never valid: it expires ${spanText(nbfMs - expMs)} before it begins`,
		cause: "The server answers 401 before nbf and after exp.",
		fix: "Set exp to a time after nbf: both are seconds since 1970-01-01 UTC.",
		evidence: [`nbf ${momentText(nbfMs)}`, `exp ${momentText(expMs)}`],
	};
}

function milliseconds(names: readonly string[]): Finding {
	return {
		id: "token.milliseconds",
		...(names.includes("nbf") ? provenFault : provenWarning),
		title: `the token's ${names.join(" and ")} ${names.length === 1 ? "is" : "are"} in milliseconds; JWT counts in seconds`,
		cause: names.includes("nbf")
			? "Read as seconds, nbf is thousands of years away: the server answers 401 until then."
			: "Read as seconds, that is thousands of years away: the token practically never expires.",
		fix: `Divide ${names.join(" and ")} by 1000 and round down: Math.floor(Date.now() / 1000).`,
		evidence: [],
	};
}

function issuedInFuture(iatMs: number, time: ServerTime): Finding {
	return {
		id: "token.issued-in-future",
		...likelyWarning,
		title: `the token was made ${spanText(iatMs - time.nowMs)} from now`,
		cause:
			"The clock of whoever makes the tokens is ahead; with nbf set the server would answer 401.",
		fix: "Synchronise the clock of the machine that makes the tokens (NTP).",
		evidence: [clockLine(time), `iat ${momentText(iatMs)}`],
	};
}

function lintAbsentExpiry(claims: JsonObject): Finding[] {
	return [undefined, null, 0, ""].some((none) => claimOf(claims, "exp") === none)
		? [expiryMissing]
		: [];
}

const expiryMissing: Finding = {
	id: "token.expiry-missing",
	...provenWarning,
	title: "the token never expires: it has no exp",
	cause: "Whoever gets hold of it can join for ever, and LiveKit's SDKs refuse to verify it.",
	fix: "Set exp (a LiveKit SDK does, by its ttl).",
	evidence: [],
};
