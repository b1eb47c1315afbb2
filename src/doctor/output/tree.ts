import type { ChalkInstance } from "chalk";
import { figure } from "../../sink/figure.js";
import type { Diagnosis } from "../diagnosis.js";
import type { CheckReport, CheckStatus } from "../examine.js";
import { wrap } from "./wrap.js";

export interface TreeStyle {
	readonly chalk: ChalkInstance;
	/** Columns of the terminal; what is wider than 80 is hard to read. */
	readonly columns?: number | undefined;
}

type Finding = Diagnosis["findings"][number];

const marks: Readonly<Record<CheckStatus, string>> = {
	...{ ok: "✓", warning: "!", fault: "✗" },
	// Both say nothing about the system.
	...{ skipped: "–", error: "–" },
};

/** One check with its lines as branches, each line ended. */
export function checkText(report: CheckReport, style: TreeStyle): string {
	const { chalk } = style;
	const width = widthOf(style);
	const took = report.status === "skipped" ? "" : figure(report.durationMs, "ms");
	const [head = "", ...more] = wrap(`${report.id}: ${report.title}`, width - 12);
	const mark = paint(report.status, chalk)(marks[report.status]);
	const gap = " ".repeat(Math.max(1, width - 2 - head.length - took.length));
	const lines = report.lines.flatMap((line, index) => {
		const isLast = index === report.lines.length - 1;
		return wrap(line, width - 4).map((part, row) =>
			chalk.dim(`  ${row === 0 ? (isLast ? "└" : "├") : isLast ? " " : "│"} ${part}`),
		);
	});
	return ended([
		`${mark} ${head}${took === "" ? "" : gap}${chalk.dim(took)}`,
		...more.map((part) => `  ${part}`),
		...lines,
	]);
}

/** The findings with what to do, the likeliest cause first, and the one line that counts, last. */
export function conclusionText(diagnosis: Diagnosis, style: TreeStyle): string {
	const { chalk } = style;
	const status = statusOf(diagnosis);
	const color = paint(status, chalk);
	const summary = wrap(diagnosis.summary, widthOf(style) - 2).map((line, index) =>
		color(chalk.bold(`${index === 0 ? marks[status] : " "} ${line}`)),
	);
	return `${diagnosis.findings.map((each) => `\n${findingText(each, style)}`).join("")}\n${ended(summary)}`;
}

function findingText(finding: Finding, style: TreeStyle): string {
	const { chalk } = style;
	const lead = `${finding.rank}. `;
	const width = widthOf(style);
	const mark = paint(finding.severity, chalk)(marks[finding.severity]);
	const [title = "", ...more] = wrap(finding.title, width - lead.length - 2);
	const indent = " ".repeat(lead.length + 2);
	const field = (name: string, text: string) =>
		wrap(text, width - indent.length - 5).map(
			(line, row) => `${indent}${chalk.dim((row === 0 ? name : "").padEnd(5))}${line}`,
		);
	return ended([
		`${lead}${mark} ${chalk.bold(title)}`,
		...more.map((line) => `${indent}${chalk.bold(line)}`),
		...field("why", finding.cause),
		...field("do", finding.fix),
		...finding.evidence.flatMap((line, index) => field(index === 0 ? "seen" : "", line)),
		...field("id", `${finding.id}, ${finding.confidence}`),
	]);
}

function statusOf({ ok, findings }: Diagnosis): CheckStatus {
	if (!ok) return "fault";
	return findings.length > 0 ? "warning" : "ok";
}

function paint(status: CheckStatus, chalk: ChalkInstance): ChalkInstance {
	switch (status) {
		case "ok":
			return chalk.green;
		case "warning":
			return chalk.yellow;
		case "fault":
			return chalk.red;
		case "skipped":
		case "error":
			return chalk.dim;
	}
}

function widthOf({ columns }: TreeStyle): number {
	return Math.max(40, Math.min(80, columns ?? 80));
}

function ended(lines: readonly string[]): string {
	return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
