import * as z from "zod";

const figure = z.object({
	metric: z.string().describe("Metric and statistic, such as `connect.media p95`"),
	unit: z.string().describe("ms, ratio, mos, s or bytes"),
	verdict: z
		.enum(["better", "same", "worse", "unknown"])
		.describe("same: within the margin. unknown: too noisy for so few rounds, or not measured"),
	judges: z.boolean().describe("False: no say in the gate's verdict"),
	baseline: z.number().optional().describe("Mean of the rounds; absent: not measured"),
	candidate: z.number().optional(),
	effect: z.number().optional().describe("Candidate less baseline, in `unit`"),
	relativeEffect: z.number().optional().describe("Share of the baseline; absent where that is 0"),
	interval: z
		.object({ low: z.number(), high: z.number(), confidence: z.number() })
		.optional()
		.describe("Of the effect"),
	margin: z.number().optional().describe("Within plus or minus this the sides are the same"),
	pValue: z.number().optional().describe("Two-sided, not corrected"),
	test: z.string().describe("The statistical test"),
	pairs: z.int().min(0).describe("Rounds of each side (stored: of the smaller) behind the verdict"),
	roundsNeeded: z
		.int()
		.min(0)
		.optional()
		.describe(
			"unknown alone: rounds of both sides in all that would settle it; absent: no number would",
		),
	why: z.string().optional().describe("unknown alone: in words"),
});

const side = z.object({
	kind: z.enum(["binary", "url", "baseline-file", "results"]),
	name: z.string().describe("Path, or host and port"),
	serverVersion: z.string().optional(),
	rounds: z.int().min(0),
});

/** The content of gate.json and of `gate --json`. Other programs read it: change it with `schema`. */
export const gateResultSchema = z
	.object({
		schema: z.literal(1).describe("Version of this shape"),
		verdict: z
			.enum(["passed", "failed", "unknown", "invalid", "aborted", "stored"])
			.describe(
				"failed: a figure is worse. unknown: none is, but not all are known to be the same or better. invalid: the tester could not keep up. stored: a baseline was made, nothing compared",
			),
		exitCode: z.int().min(0).max(255),
		reason: z.string().describe("One sentence"),
		gateId: z.string(),
		startedAt: z.string(),
		scenario: z.string(),
		scenarioHash: z.string(),
		seed: z.number(),
		livesoakVersion: z.string(),
		baseline: side.optional(),
		candidate: side.optional(),
		rounds: z.int().min(0).describe("Of both sides, without warm-up and repeated ones"),
		roundsInvalid: z.int().min(0).describe("Run again because the tester could not keep up"),
		alpha: z.number().describe("Chance of a false `worse` or `better`, over all figures and looks"),
		power: z.number().describe("What roundsNeeded is reckoned with"),
		looks: z.array(z.object({ pairs: z.int(), level: z.number() })),
		figures: z.array(figure),
		notes: z.array(z.string()).describe("What to know of this comparison, a sentence each"),
	})
	.describe("Result of a livesoak gate");

export type GateResult = z.infer<typeof gateResultSchema>;
export type FigureResult = GateResult["figures"][number];
export type GateVerdict = GateResult["verdict"];
