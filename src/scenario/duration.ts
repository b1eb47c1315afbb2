import * as z from "zod";
import { durationPattern, formatDuration, notADuration, parseDuration } from "./duration-text.js";
import { shown } from "./shown.js";

/** More than a year is a typing error, and keeps every sum of durations exact. */
const longestMs = 10_000 * 3_600_000;

/**
 * Schema of a duration: text in, milliseconds out.
 * @param meaning what it is, for the editors' JSON Schema
 * @param leastMs the smallest value that makes sense here: 0 allows zero
 */
export function duration(meaning: string, leastMs = 1) {
	return z
		.string({
			error: (issue) => (issue.input === undefined ? undefined : notADuration(issue.input)),
		})
		.regex(durationPattern, { error: (issue) => notADuration(issue.input) })
		.transform((text, context) => {
			const ms = parseDuration(text);
			const problem =
				ms === undefined
					? `a duration is a whole number of milliseconds, got ${shown(text)}`
					: ms > longestMs
						? `a duration is at most 10000h, got ${shown(text)}`
						: ms < leastMs
							? `must be at least ${formatDuration(leastMs)}, got ${shown(text)}`
							: undefined;
			if (problem === undefined && ms !== undefined) return ms;
			context.addIssue(problem ?? notADuration(text));
			return z.NEVER;
		})
		.describe(`${meaning} A duration: 500ms, 10s, 5m, 1h30m.`);
}
