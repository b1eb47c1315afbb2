import * as z from "zod";
import { shown } from "./shown.js";

const percentPattern = /^\d+(?:\.\d+)?%$/;

/**
 * Schema of a percentage from 0% to 100%: text in, the number of per cent (0 to 100) out.
 * @param or what else is right in this place, for the message
 */
export function percent(meaning: string, or = "") {
	const expected = `expected a percentage from 0% to 100%${or}`;
	return z
		.string({
			error: (issue) =>
				issue.input === undefined ? undefined : `${expected}, got ${shown(issue.input)}`,
		})
		.regex(percentPattern, { error: (issue) => `${expected}, got ${shown(issue.input)}` })
		.transform((text, context) => {
			const value = Number(text.slice(0, -1));
			if (value <= 100) return value;
			context.addIssue(`${expected}, got ${shown(text)}`);
			return z.NEVER;
		})
		.describe(`${meaning} A percentage: 1%, 0.5%.`);
}
