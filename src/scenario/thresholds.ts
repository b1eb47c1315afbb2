import * as z from "zod";
import { mapping, oneOf } from "./mapping.js";

const entry = oneOf(
	[
		z.string().transform((expression) => ({ expression, advisory: false, abortOnFail: false })),
		mapping({
			expression: z.string().describe("Such as p95 < 2s."),
			advisory: z.boolean().default(false).describe("True: shown, but does not fail the run."),
			abortOnFail: z.boolean().default(false).describe("True: ends the run as soon as it fails."),
		}),
	],
	'an expression such as "p95 < 2s", or {expression, advisory, abortOnFail}',
);

/** Limits by metric. The grammar of an expression belongs to the verdict room. */
export const thresholds = z
	.record(z.string(), z.array(entry).min(1))
	.prefault({})
	.describe("Metric to a list of limits, such as connect.media: [p95 < 2s].");
