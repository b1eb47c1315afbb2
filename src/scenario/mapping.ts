import * as z from "zod";
import { didYouMean } from "../error/nearest.js";
import { shown } from "./shown.js";

/** Unknown keys of one mapping share one zod issue; its message holds one line for each of them. */
export const keySeparator = "\n";

/** A mapping with exactly these keys: an unknown one is an error that names the nearest right one. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
	const known = Object.keys(shape);
	return z.strictObject(shape, {
		error: (issue) => {
			if (issue.code === "unrecognized_keys")
				return issue.keys
					.map(
						(key) =>
							`unknown key ${shown(key)}${didYouMean(key, known) || ` — known here: ${known.join(", ")}`}`,
					)
					.join(keySeparator);
			if (issue.code === "invalid_type" && issue.input !== undefined)
				return `expected a mapping with ${known.join(", ")}; got ${shown(issue.input)}`;
			return undefined;
		},
	});
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
	return z.enum(words, {
		error: (issue) =>
			issue.input === undefined ? undefined : notOneOf(issue.input, words, words.join(", ")),
	});
}

/** Why a value is none of these words. */
export function notOneOf(value: unknown, words: readonly string[], expected: string): string {
	const suggestion = typeof value === "string" ? didYouMean(value, words) : "";
	return `expected ${words.length > 1 ? "one of " : ""}${expected}; got ${shown(value)}${suggestion}`;
}

/** A union whose own sentence is used when the value has the shape of none of its branches. */
export function oneOf<Branches extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
	branches: Branches,
	expected: string,
	words: readonly string[] = [],
) {
	return z.union(branches, {
		error: (issue) =>
			issue.input === undefined
				? undefined
				: `expected ${expected}; got ${shown(issue.input)}${typeof issue.input === "string" ? didYouMean(issue.input, words) : ""}`,
	});
}
