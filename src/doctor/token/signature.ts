import { createHmac, timingSafeEqual } from "node:crypto";
import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { claimOf, shown } from "./claim.js";
import type { Key } from "./key.js";
import type { ReadToken } from "./read-token.js";

const signatureBytes = 32;

const resign =
	"Sign with HS256 and the secret of the key that stands in iss, as a LiveKit server SDK does.";

/** The algorithm, the signature and the issuer (RFC 7515, 7518). @param key none: signature and issuer go unjudged */
export function lintSignature(token: ReadToken, key: Key | undefined): Finding[] {
	const { alg } = token.header;
	if (alg !== "HS256") return [algorithm(alg)];
	if (token.signature.length !== signatureBytes) return [cutOff(token.signature.length)];
	const issuer = lintIssuer(claimOf(token.claims, "iss"), key);
	if (key === undefined || isSignedBy(token, key.apiSecret)) return issuer;
	// Another key has another secret: that the signature differs too is no news.
	return issuer.length > 0 ? issuer : [mismatch(token, key)];
}

export function isSignedBy({ signed, signature }: ReadToken, secret: string | Buffer): boolean {
	const wanted = createHmac("sha256", secret).update(signed).digest();
	return wanted.length === signature.length && timingSafeEqual(wanted, signature);
}

function lintIssuer(issuer: unknown, key: Key | undefined): Finding[] {
	// A wrong type is told by claim-types.ts.
	if (issuer === undefined || issuer === null || issuer === "") return [issuerMissing];
	if (typeof issuer !== "string" || key === undefined || issuer === key.apiKey) return [];
	if (issuer === key.apiSecret) return [secretInIssuer];
	return [
		{
			id: "token.issuer-differs",
			...provenFault,
			title: `the token was made with the API key "${shown(issuer)}", the key given is ${shownKey(key)}`,
			cause:
				"The server looks up the secret by iss: a key that it does not have is answered with 401.",
			fix: "Use one pair: the same API key as iss of the token and in the keys of livekit.yaml.",
			evidence: [],
		},
	];
}

/** In place of a key people also paste a secret: only what has the look of a key is told. */
function shownKey({ apiKey }: Key): string {
	return /^(API\w{1,20}|devkey)$/.test(apiKey) ? `"${apiKey}"` : "another one";
}

function mismatch(token: ReadToken, { apiKey, apiSecret }: Key): Finding {
	const explained = otherForms(apiKey, apiSecret).find(([, secret]) => isSignedBy(token, secret));
	return {
		id: "token.secret-mismatch",
		...provenFault,
		title:
			explained === undefined
				? "the token is signed with another secret than the one given"
				: `the token is signed with ${explained[0]}`,
		cause:
			"The server computes the signature with its own secret and answers 401 where they differ.",
		fix:
			explained === undefined
				? `Give the service that makes the tokens the secret that belongs to ${shown(apiKey)} in livekit.yaml.`
				: explained[2],
		evidence: [`iss and key agree: ${shown(apiKey)}`, "HMAC-SHA256 of header and payload differs"],
	};
}

type OtherForm = readonly [what: string, secret: string | Buffer, fix: string];

/** What people sign with in place of the secret as it stands. */
function otherForms(apiKey: string, apiSecret: string): OtherForm[] {
	const bare = apiSecret.trim().replace(/^(["'`])(.*)\1$/s, "$2");
	const exact =
		"Sign with the secret's characters as they stand (UTF-8), neither decoded nor encoded.";
	return [
		[
			"the secret without the white space or quotation marks that stand round the one given",
			bare,
			"Take the white space and the quotation marks off LIVEKIT_API_SECRET.",
		],
		[
			"the secret and a line break behind it",
			`${bare}\n`,
			"Read the secret without its line break: trim it.",
		],
		[
			"the secret in quotation marks",
			`"${bare}"`,
			"Take the quotation marks off the secret in the service.",
		],
		["the bytes that the secret decodes to as base64", Buffer.from(bare, "base64"), exact],
		["the secret encoded as base64", Buffer.from(bare).toString("base64"), exact],
		["the API key in place of the secret", apiKey, resign],
		["an empty secret", "", resign],
	];
}

function algorithm(alg: unknown): Finding {
	const name = typeof alg === "string" ? shown(alg) : "missing";
	const isUnsigned = typeof alg === "string" && alg.toLowerCase() === "none";
	return {
		id: "token.algorithm",
		...provenFault,
		title: isUnsigned
			? "the token is not signed (alg none)"
			: `the token's alg is ${name}; LiveKit reads HS256`,
		cause: "The server takes HS256 and nothing else: it answers 401.",
		fix: resign,
		evidence: [],
	};
}

function cutOff(bytes: number): Finding {
	return {
		id: "token.cut-off",
		...provenFault,
		title:
			bytes === 0
				? "the token ends after its payload: the signature is missing"
				: `the token's signature has ${bytes} bytes, HS256 makes ${signatureBytes}`,
		cause: "It was cut off on its way, or signed by something else; the server answers 401.",
		fix: "Hand the token on whole (a column or a header that is too short cuts it).",
		evidence: [],
	};
}

const issuerMissing: Finding = {
	id: "token.issuer-missing",
	...provenFault,
	title: "the token names no API key: iss is missing",
	cause: "The server looks up the secret by iss and answers 401 where it finds none.",
	fix: "Set iss to the API key (a LiveKit SDK does).",
	evidence: [],
};

const secretInIssuer: Finding = {
	id: "token.secret-in-issuer",
	...provenFault,
	title: "the token has the API secret in iss, where the API key belongs",
	cause:
		"The server knows no key of that name and answers 401; and everybody can read the secret in the token.",
	fix: "Swap key and secret in the service that makes the tokens, and make a new pair: this one is known.",
	evidence: [],
};
