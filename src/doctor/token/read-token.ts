import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";

/** A JSON Web Token in compact form (RFC 7515), taken apart; nothing is verified. */
export interface ReadToken {
	readonly header: JsonObject;
	readonly claims: JsonObject;
	/** Header and payload as they stand in the token: what the signature is over. */
	readonly signed: string;
	readonly signature: Buffer;
}

export type JsonObject = Readonly<Record<string, unknown>>;

const partNames = ["header", "payload", "signature"] as const;
type PartName = (typeof partNames)[number];

const remint =
	"Have it made anew by a LiveKit server SDK (AccessToken … toJwt()) and hand it on whole.";
const nothingToRead = "A LiveKit server reads neither key nor grants from it and answers 401.";

/**
 * Takes a token apart.
 * @param text without anything around it (`bareToken`)
 * @returns what could be read, or undefined, and what keeps a server from reading it
 */
export function readToken(text: string): { token?: ReadToken; findings: readonly Finding[] } {
	const parts = text.split(".");
	if (parts.length === 5) return { findings: [encrypted] };
	if (parts.length !== 3 || parts[0] === "" || parts[1] === "")
		return { findings: [noParts(text)] };
	const [head = "", payload = "", signatureText = ""] = parts;
	const odd = partNames.filter((_, index) => !/^[\w+/=-]*$/.test(parts[index] ?? ""));
	if (odd[0] !== undefined) return { findings: [noBase64(odd[0])] };
	const header = readObject(head, "header");
	const claims = readObject(payload, "payload");
	if (header.fault) return { findings: [header.fault] };
	if (claims.fault) return { findings: [claims.fault] };
	const plain = partNames.filter((_, index) => /[+/=]/.test(parts[index] ?? ""));
	return {
		token: {
			...{ header: header.object, claims: claims.object, signed: `${head}.${payload}` },
			signature: Buffer.from(signatureText, "base64url"),
		},
		findings: plain[0] === undefined ? [] : [plainBase64(plain)],
	};
}

type Part = { object: JsonObject; fault?: never } | { fault: Finding };

/** Node's decoder reads base64 and base64url alike, and drops what it does not know. */
function readObject(part: string, name: PartName): Part {
	const bytes = Buffer.from(part, "base64url");
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		const evidence = `${name}: ${part.length} characters, ${bytes.length} bytes decoded, no JSON`;
		return { fault: malformed(`the token's ${name} is not JSON`, [evidence]) };
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value))
		return { object: value as JsonObject };
	return { fault: malformed(`the token's ${name} is not a JSON object`, []) };
}

function noParts(text: string): Finding {
	const count = text === "" ? 0 : text.split(".").length;
	const title =
		count === 0
			? "the token is empty"
			: count === 3
				? "the token's header or payload is empty"
				: `the token has ${count} part${count === 1 ? "" : "s"}; a JSON Web Token has 3, between dots`;
	return malformed(title, [`${text.length} characters, ${Math.max(0, count - 1)} dots`]);
}

function noBase64(name: PartName): Finding {
	return malformed(`the token's ${name} holds characters that base64url does not have`, []);
}

function malformed(title: string, evidence: readonly string[]): Finding {
	return {
		id: "token.malformed",
		...provenFault,
		title,
		cause: nothingToRead,
		fix: remint,
		evidence,
	};
}

function plainBase64(parts: readonly PartName[]): Finding {
	return {
		id: "token.encoding",
		...provenFault,
		title: `the token's ${parts.join(" and ")} is written in base64, not base64url`,
		cause:
			'JSON Web Tokens have "-" and "_" for "+" and "/" and no "=" (RFC 7515); the server answers 401.',
		fix: `Encode it with base64url, without padding. ${remint}`,
		evidence: [],
	};
}

const encrypted: Finding = {
	id: "token.encrypted",
	...provenFault,
	title: "the token has 5 parts: it is encrypted (JWE), LiveKit reads signed ones (JWS)",
	cause: nothingToRead,
	fix: `Sign it with HS256 and do not encrypt it. ${remint}`,
	evidence: [],
};
