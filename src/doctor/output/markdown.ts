import { figure } from "../../sink/figure.js";
import { escapeMarkdown } from "../../sink/markdown.js";
import type { Diagnosis } from "../diagnosis.js";

type Finding = Diagnosis["findings"][number];

/** What the report says about itself, without a secret. */
export interface ReportFacts {
	readonly livesoakVersion: string;
	/** Host and port of the server; absent when none was named. */
	readonly server?: string | undefined;
	/** ISO 8601, UTC */
	readonly examinedAt: string;
}

const marks = { ok: "✅", warning: "⚠️", fault: "❌", skipped: "➖", error: "➖" } as const;

/** The report to paste into an issue (GitHub's Markdown); everything from outside is inert in it. */
export function diagnosisMarkdown(diagnosis: Diagnosis, facts: ReportFacts): string {
	const { findings, checks, summary, ok } = diagnosis;
	const mark = ok ? (findings.length > 0 ? marks.warning : marks.ok) : marks.fault;
	const parts = [
		`# ${mark} ${escapeMarkdown(summary)}`,
		identity(facts),
		...findings.map(findingText),
		checks.length === 0 ? "" : `## Checks\n\n${checks.map(checkText).join("\n")}`,
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function identity({ livesoakVersion, server, examinedAt }: ReportFacts): string {
	const about = `livesoak doctor ${livesoakVersion}, ${examinedAt}`;
	return escapeMarkdown(server === undefined ? about : `${about}, server ${server}`);
}

function findingText(finding: Finding): string {
	const { rank, severity, title, cause, fix, id, confidence, evidence } = finding;
	return [
		`## ${rank}. ${marks[severity]} ${escapeMarkdown(title)}`,
		"",
		`- why: ${escapeMarkdown(cause)}`,
		`- do: ${escapeMarkdown(fix)}`,
		...evidence.map((line) => `- seen: ${escapeMarkdown(line)}`),
		`- id: ${escapeMarkdown(id)}, ${confidence}`,
	].join("\n");
}

function checkText({ id, status, durationMs, lines }: Diagnosis["checks"][number]): string {
	const took = status === "skipped" ? "" : `, ${figure(durationMs, "ms")}`;
	return [
		`- ${marks[status]} ${escapeMarkdown(id)}: ${status}${took}`,
		...lines.map((line) => `  - ${escapeMarkdown(line)}`),
	].join("\n");
}
