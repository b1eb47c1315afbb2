/** What replaces a secret. */
const mask = "***";

/** Shorter ones are ordinary words ("secret" of a dev server): masking those would only garble text. */
const shortestSecret = 8;

/** Things that are secrets by their shape, wherever they turn up. */
const shapes: readonly (readonly [RegExp, string])[] = [
	/** A JSON Web Token: three base64url parts of which the first two start as `{"` does. */
	[/\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*/g, mask],
	/** Tokens and keys as a query has them. */
	[
		/\b((?:access_token|token|api_?key|api_?secret|password|credential|join_request)=)[^&\s"']+/gi,
		`$1${mask}`,
	],
	/** User and password before a host. */
	[/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${mask}@`],
	[/\b(Bearer\s+)[\w.~+/=-]{8,}/gi, `$1${mask}`],
];

/**
 * The last net before text reaches a disk: events hold no secrets by contract, but a server's own words
 * may quote the URL they came from.
 * @param secrets Known secrets of this run (API secret, TURN password, …); any form of text may hold them.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
	const known = secrets
		.filter((secret) => secret.length >= shortestSecret)
		// A secret that holds another one goes first, or its rest would stay behind.
		.sort((a, b) => b.length - a.length);
	return (text) => {
		let clean = text;
		for (const secret of known) clean = clean.replaceAll(secret, mask);
		for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement);
		return clean;
	};
}

/** Takes what is a secret by its shape out of a text that comes from elsewhere: servers echo tokens in errors. */
export const redact = redactor([]);

/** JSON text of `value` with every string in it passed through `redact`. */
export function redactedJson(
	value: unknown,
	redact: (text: string) => string,
	indent?: string,
): string {
	return JSON.stringify(
		value,
		(_key, part: unknown) => (typeof part === "string" ? redact(part) : part),
		indent,
	);
}
