/** A text that should be a token, and what came along with it. */
export interface BareToken {
	readonly text: string;
	/** What was taken off, in words; empty: the text was bare. Never the characters themselves. */
	readonly extras: readonly string[];
}

/** A header that starts as `{"` does, and what follows in base64 (also padded) between dots. */
const tokenShape = /eyJ[\w+/=-]*(?:\.[\w+/=-]*)+/;

/** Around a token whose header starts in some other way. */
const wrapping = /^(?:authorization:)?(?:bearer)?[\s"'`<({[]*|[\s"'`>)}\],;]*$/gi;

/**
 * Takes off what is copied along with a token: quotation marks, `Bearer`, line breaks, the JSON or the URL round it. A
 * LiveKit server takes none of that off.
 */
export function bareToken(given: string): BareToken {
	const joined = given.replace(/\s+/g, "");
	const text = tokenShape.exec(joined)?.[0] ?? joined.replace(wrapping, "");
	const [before = "", after = ""] = text === "" ? [joined] : joined.split(text);
	const around = before + after;
	const others = around.replace(/["'`“”‘’]|authorization:|bearer/gi, "");
	const extras = [
		...(/["'`“”‘’]/.test(around) ? ["quotation marks"] : []),
		...(/bearer/i.test(around) ? ['the word "Bearer"'] : []),
		...(isSpacedOut(given) ? ["white space or a line break"] : []),
		...(others === "" ? [] : ["other characters"]),
	];
	return { text, extras };
}

/** The space behind `Bearer` belongs to that word. */
function isSpacedOut(given: string): boolean {
	return /\s/.test(given.replace(/bearer\s+(?=\S)/gi, "").replace(/authorization:\s*/gi, ""));
}
