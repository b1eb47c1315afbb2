import * as z from "zod";
import { builtInSources } from "../audio/built-in-sources.js";
import { didYouMean } from "../error/nearest.js";
import { mapping } from "./mapping.js";
import { shown } from "./shown.js";

/** What publishers publish. */
export const audio = mapping({
	source: z
		.string()
		.regex(/^(tone|speech|silence)$|\.[wW][aA][vV]$/, {
			error: (issue) =>
				`expected tone, speech, silence or the path of a .wav file; got ${shown(issue.input)}${didYouMean(String(issue.input), builtInSources)}`,
		})
		.default("speech")
		.describe("tone, speech, silence, or the path of a .wav file (from the scenario's folder)."),
	dtx: z.boolean().default(false).describe("Discontinuous transmission: send little in silence."),
})
	.prefault({})
	.describe("What publishers publish.");
