import { UserError } from "../error/user-error.js";
import type { TokenRequest } from "./token-source.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object whose texts may hold `{identity}`, `{room}` and `{index}`. */
export type TokenBody = Readonly<Record<string, Json>>;

/** What an application that makes sessions usually asks for. */
export const defaultTokenBody: TokenBody = {
	user_id: "{identity}",
	scenario_id: "{room}",
	language: "en",
};

const placeholders = ["identity", "room", "index"] as const;
type Placeholder = (typeof placeholders)[number];

const example = `For example --token-body '{"user_id":"{identity}","scenario_id":"demo"}'.`;

/**
 * Reads the value of `--token-body`.
 * @throws UserError when it is no JSON object or holds an unknown placeholder.
 */
export function parseTokenBody(text: string): TokenBody {
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch (error) {
		const reason = error instanceof SyntaxError ? error.message.split("\n")[0] : "unreadable";
		throw new UserError({
			message: `--token-body is not JSON: ${reason}.`,
			hint: example,
			cause: error,
		});
	}
	if (typeof body !== "object" || body === null || Array.isArray(body))
		throw new UserError({ message: "--token-body is not a JSON object.", hint: example });

	for (const [placeholder, name] of JSON.stringify(body).matchAll(/\{(\w+)\}/g))
		if (!isPlaceholder(name))
			throw new UserError({
				message: `--token-body has the unknown placeholder ${placeholder}.`,
				hint: `Known are ${placeholders.map((known) => `{${known}}`).join(", ")}.`,
			});
	return body as TokenBody;
}

/** The body for one participant, as JSON text. Placeholders become text, also `{index}`. */
export function fillTokenBody(body: TokenBody, request: TokenRequest): string {
	const fill = (text: string) =>
		text.replace(/\{(\w+)\}/g, (whole, name: string) =>
			isPlaceholder(name) ? String(request[name]) : whole,
		);
	return JSON.stringify(body, (_key, value: unknown) =>
		typeof value === "string" ? fill(value) : value,
	);
}

function isPlaceholder(name: string | undefined): name is Placeholder {
	return placeholders.some((known) => known === name);
}
