import { stripControlCharacters } from "../../sink/control-characters.js";
import type { JsonObject } from "./read-token.js";

/**
 * A claim by its name. LiveKit is written in Go, whose JSON reader takes names in any case: `Video` is `video` to it,
 * `room_join` is not `roomJoin`.
 */
export function claimOf(object: JsonObject, name: string): unknown {
	if (Object.hasOwn(object, name)) return object[name];
	const key = Object.keys(object).find((each) => each.toLowerCase() === name.toLowerCase());
	return key === undefined ? undefined : object[key];
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

const longestShown = 60;

/** A text out of a token, fit to be shown on one line. */
export function shown(text: string): string {
	const clean = stripControlCharacters(text);
	return clean.length <= longestShown ? clean : `${clean.slice(0, longestShown - 1)}…`;
}

/** What a JSON value is, in words: "a list", "the text "true"". */
export function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "string") return `the text "${shown(value)}"`;
	return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value)}`;
}
