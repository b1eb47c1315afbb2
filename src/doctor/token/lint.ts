import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { bareToken } from "./bare-token.js";
import { claimOf, isObject, shown } from "./claim.js";
import { lintClaimTypes } from "./claim-types.js";
import { lintGrant } from "./grant.js";
import { isSwapped, type Key, lintKey } from "./key.js";
import { type ReadToken, readToken } from "./read-token.js";
import { isSignedBy, lintSignature } from "./signature.js";
import { momentText, spanText } from "./span.js";
import { lintTimes, type ServerTime, secondsIn } from "./times.js";
import { findGrant } from "./video-claim.js";

export interface LintRequest {
	readonly token: string;
	readonly time: ServerTime;
	/** Without it, the signature goes unjudged. */
	readonly key?: Key | undefined;
}

export interface LintedToken {
	/** What to join with, where it can be read: as given, without what came along with it. */
	readonly token?: { readonly text: string; readonly identity: string; readonly room: string };
	readonly lines: readonly string[];
	/** In the order in which a server stumbles over them. */
	readonly findings: readonly Finding[];
}

/** All that is wrong with a LiveKit access token, without asking anybody. */
export function lintToken({ token: given, time, key }: LintRequest): LintedToken {
	const { text, extras } = bareToken(given);
	const extra = extras.length === 0 || text === "" ? [] : [extraCharacters(extras)];
	const read = readToken(text);
	const findings = [...extra, ...read.findings];
	const { token } = read;
	if (token === undefined) return { lines: ["not readable as a JSON Web Token"], findings };

	const { claims } = token;
	const video = findGrant(claims);
	const isGenuine = key !== undefined && isSignedBy(token, key.apiSecret);
	findings.push(
		// Of a swapped pair nothing else can be said, and its "key" must not be told.
		...lintSignature(token, key === undefined || isSwapped(key) ? undefined : key),
		...(key === undefined || isGenuine ? [] : lintKey(key)),
		...lintClaimTypes(claims, video.grant),
		...lintTimes(claims, time),
		...video.findings,
		...(video.grant === undefined ? [] : lintGrant(video.grant)),
		...(namesNobody(claims) ? [subjectMissing(claims)] : []),
	);
	const room = textOf(claimOf(video.grant ?? {}, "room"));
	return {
		token: { text, identity: identityOf(claims), room },
		lines: [whoAndWhere(token, room, key), lifeLine(claims, time), signatureLine(key, isGenuine)],
		findings,
	};
}

/** The server takes `jti` where `sub` is absent (livekit/protocol auth/verifier.go). */
function identityOf(claims: ReadToken["claims"]): string {
	return textOf(claimOf(claims, "sub")) || textOf(claimOf(claims, "jti"));
}

/** One of a wrong type is told by claim-types.ts. */
function namesNobody(claims: ReadToken["claims"]): boolean {
	const subject = claimOf(claims, "sub") ?? "";
	return subject === "" && identityOf(claims) === "";
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}

function whoAndWhere({ header, claims }: ReadToken, room: string, key: Key | undefined): string {
	const name = (value: string) => (value === "" ? "none" : shown(value));
	const issuer = textOf(claimOf(claims, "iss"));
	const madeWith = issuer === key?.apiSecret ? "***" : name(issuer);
	return `${name(textOf(header.alg))}, key ${madeWith}, identity ${name(identityOf(claims))}, room ${name(room)}`;
}

function lifeLine(claims: ReadToken["claims"], { nowMs }: ServerTime): string {
	const seconds = secondsIn(claims, "exp");
	if (seconds === undefined) return "never expires";
	const exp = seconds * 1_000;
	const left = exp - nowMs;
	return `expires ${momentText(exp)} (${left > 0 ? `in ${spanText(left)}` : `${spanText(left)} ago`})`;
}

function signatureLine(key: Key | undefined, isGenuine: boolean): string {
	if (key === undefined) return "signature not judged: no API key and secret are given";
	return isGenuine
		? "signature matches the secret given"
		: "signature does not match the secret given";
}

function extraCharacters(extras: readonly string[]): Finding {
	return {
		id: "token.extra-characters",
		...provenFault,
		title: `the token came with ${extras.join(" and ")} round it or in it`,
		cause: "The server takes the whole text for the token and answers 401.",
		fix: "Pass the token alone: three parts, two dots, nothing else. What follows was judged without the rest.",
		evidence: [],
	};
}

function subjectMissing(claims: ReadToken["claims"]): Finding {
	const places = [claims, claimOf(claims, "video")].filter(isObject);
	const near = places
		.flatMap((each) => Object.keys(each))
		.find((key) => /^(identity|user_?id|uid|user|subject|participant)$/i.test(key));
	return {
		id: "token.subject-missing",
		...provenFault,
		title: "the token names nobody: sub is missing or empty",
		cause: "sub is the participant's identity; the server answers 400 without one.",
		fix: `Set sub to an identity that is unique in the room${near === undefined ? "" : ` (the token has "${near}" instead)`}.`,
		evidence: [],
	};
}
