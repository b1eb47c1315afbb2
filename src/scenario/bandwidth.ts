import * as z from "zod";
import { shown } from "./shown.js";

const unitsKilobits = { kbps: 1, Mbps: 1000 } as const;

const notABandwidth = (value: unknown) =>
	`expected a bandwidth above zero such as 500kbps or 2Mbps, got ${shown(value)}`;

/** Schema of a bandwidth: text in, kilobits a second out (1000 bits each, as for all line rates). */
export function bandwidth(meaning: string) {
	return z
		.string({
			error: (issue) => (issue.input === undefined ? undefined : notABandwidth(issue.input)),
		})
		.regex(/^\d+(?:\.\d+)?(?:kbps|Mbps)$/, { error: (issue) => notABandwidth(issue.input) })
		.transform((text, context) => {
			const unit = text.slice(-4) as keyof typeof unitsKilobits;
			const kilobits = Number(text.slice(0, -4)) * unitsKilobits[unit];
			if (kilobits > 0) return kilobits;
			context.addIssue(notABandwidth(text));
			return z.NEVER;
		})
		.describe(`${meaning} A bandwidth: 500kbps, 2Mbps.`);
}
