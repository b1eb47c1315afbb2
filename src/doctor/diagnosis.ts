import * as z from "zod";
import type { CheckReport } from "./examine.js";
import { fold } from "./fold.js";
import type { RankedFinding } from "./rank.js";
import { rank } from "./rank.js";
import { summarySentence } from "./summary-sentence.js";

const finding = z.object({
	id: z.string().describe("Stable; a row of docs/diagnosis.md"),
	severity: z.enum(["fault", "warning"]),
	confidence: z.enum(["proven", "likely", "possible"]),
	title: z.string(),
	cause: z.string().describe("Why this keeps audio from being heard"),
	fix: z.string().describe("The exact change to make"),
	evidence: z.array(z.string()).describe("What was tried and what came back"),
	rank: z.int().min(1).describe("1 is the likeliest root cause"),
});

const check = z.object({
	id: z.string(),
	status: z
		.enum(["ok", "warning", "fault", "skipped", "error"])
		.describe("error: the check could not be made; that says nothing about the system"),
	durationMs: z.number().min(0),
	lines: z.array(z.string()).describe("What was tried and what came back"),
});

/** What `doctor --json` prints. Other programs read it: change it with `schema`. */
export const diagnosisSchema = z
	.object({
		schema: z.literal(1).describe("Version of this shape"),
		ok: z.boolean().describe("No fault was found, and nobody stopped the examination"),
		summary: z.string().describe("One sentence"),
		findings: z.array(finding).describe("The likeliest root cause first"),
		checks: z.array(check),
	})
	.describe("Result of livesoak doctor");

export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** @param stopped the user ended the examination before all checks were over */
export function diagnose(
	reports: readonly CheckReport[],
	{ stopped }: { readonly stopped: boolean } = { stopped: false },
): Diagnosis {
	const findings = rank(fold(reports.flatMap((report) => report.findings)));
	return {
		schema: 1,
		ok: !stopped && findings.every(({ severity }) => severity !== "fault"),
		summary: summarySentence(findings, reports, stopped),
		findings: findings.map(wireFinding),
		checks: reports.map(({ id, status, durationMs, lines }) => ({
			...{ id, status, lines: [...lines] },
			durationMs: Math.round(durationMs),
		})),
	};
}

/** The fields of the shape alone: a check may have put more into its findings. */
function wireFinding(one: RankedFinding): Diagnosis["findings"][number] {
	const { id, severity, confidence, title, cause, fix, evidence, rank } = one;
	return { id, severity, confidence, title, cause, fix, evidence: [...evidence], rank };
}
