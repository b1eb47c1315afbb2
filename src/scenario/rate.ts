import * as z from "zod";
import { shown } from "./shown.js";

const perMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

const notARate = (value: unknown) =>
	`expected a rate above zero such as 5/s, 30/m or 100/h, got ${shown(value)}`;

/**
 * Schema of a rate: text in, `count` every `perMs` milliseconds out, kept as a fraction so that it stays exact.
 * @param what is counted, for editors
 */
export function rate(what: string) {
	return z
		.string({ error: (issue) => (issue.input === undefined ? undefined : notARate(issue.input)) })
		.regex(/^\d+(?:\.\d+)?\/[smh]$/, { error: (issue) => notARate(issue.input) })
		.transform((text, context) => {
			const [count = "", unit = ""] = text.split("/");
			if (Number(count) > 0)
				return { count: Number(count), perMs: perMs[unit as keyof typeof perMs] };
			context.addIssue(notARate(text));
			return z.NEVER;
		})
		.describe(`${what} per second (5/s), minute (30/m) or hour (100/h).`);
}
