import { join } from "node:path";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import { compareText } from "../report/compare-text.js";
import { comparedFigures } from "../report/compared-figures.js";
import { htmlReport } from "../report/html/html-report.js";
import { readReport } from "../report/read-report.js";
import type { Report } from "../report/report.js";
import { reportText } from "../report/report-text.js";
import { writeAtomically } from "../sink/atomic-file.js";
import { colorFor } from "../sink/color.js";
import { stripControlCharacters } from "../sink/control-characters.js";
import type { Environment } from "./environment.js";
import type { ReportFlags } from "./report.js";

const defaultColumns = 100;

/**
 * Prints a report and writes its page. A report of a failed run is a report that worked: exit code 0.
 * @throws UserError for a folder that cannot be reported, and (exit 1) when the page cannot be written
 */
export async function showReport(environment: Environment, flags: ReportFlags): Promise<ExitCode> {
	const { env, stdout, stdoutIsTty } = environment;
	const report = await readReport(flags.dir);
	const other = flags.compare === undefined ? undefined : await readReport(flags.compare);
	if (flags.json) stdout.write(`${JSON.stringify(jsonOf(report, other), undefined, "\t")}\n`);
	else {
		const shown = {
			chalk: colorFor(env, stdoutIsTty),
			columns: stdout.columns ?? defaultColumns,
		};
		const text = other ? compareText(report, other, shown) : reportText(report, shown);
		stdout.write(`${text}\n`);
	}
	if (flags.html === false) return exitCodes.passed;
	const path = flags.html ?? join(flags.dir, other ? "compare.html" : "report.html");
	await writePage(path, await htmlReport(report, other));
	if (!flags.json) stdout.write(`\npage ${stripControlCharacters(path)}\n`);
	return exitCodes.passed;
}

function jsonOf(report: Report, other: Report | undefined): unknown {
	if (!other) return report;
	const figures =
		report.summary && other.summary ? comparedFigures(report.summary, other.summary) : [];
	return { a: report, b: other, figures };
}

async function writePage(path: string, page: string): Promise<void> {
	try {
		await writeAtomically(path, page);
	} catch (cause) {
		const { code, message } = cause as NodeJS.ErrnoException;
		throw new UserError({
			message: `Cannot write the page ${path} (${code ?? message}).`,
			hint: "Name a place that you may write to with --html FILE, or leave it out with --no-html.",
			exitCode: 1,
			cause,
		});
	}
}
