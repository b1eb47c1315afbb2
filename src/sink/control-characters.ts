import { stripVTControlCharacters } from "node:util";

/** C0, DEL and C1 controls, line and paragraph separators: anything that moves the cursor or breaks a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what this file is about
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Bidirectional embeddings, overrides and isolates: they reorder what is shown without being seen. */
const bidirectional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes text from outside (server words, scenario names, error details) safe to print on one line:
 * escape sequences and reordering marks are removed, runs of control characters become one space.
 */
export function stripControlCharacters(text: string): string {
	return stripVTControlCharacters(text).replace(bidirectional, "").replace(controls, " ").trim();
}
