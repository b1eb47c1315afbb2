import { UserError } from "../error/user-error.js";
import type { Span } from "./document.js";

/** A problem with the place that it is shown at: a flag, or a stretch of the file. */
export interface PlacedProblem {
	readonly message: string;
	readonly flag?: string;
	readonly span?: Span;
}

const widest = 100;

/** One error for all problems: flags first, then by place in the file, each with its source line. */
export function scenarioError(
	problems: readonly PlacedProblem[],
	text: string,
	fileName: string,
): UserError {
	const order = (problem: PlacedProblem) => problem.span?.start ?? -1;
	const lines = problems
		.toSorted((a, b) => order(a) - order(b))
		.map(({ message: unsafe, flag, span }) => {
			const message = printable(unsafe);
			if (flag !== undefined) return `${flag}: ${message}`;
			if (span === undefined) return `${fileName}: ${message}`;
			const place = placeOf(text, span);
			return `${fileName}:${place.line}:${place.column}: ${message}\n${excerpt(place)}`;
		});
	return new UserError({
		message: [...new Set(lines)].join("\n"),
		hint: "Every key is described in docs/scenario.md.",
	});
}

interface Place {
	/** 1-based. */
	readonly line: number;
	/** 1-based, in characters. */
	readonly column: number;
	readonly source: string;
	readonly length: number;
}

function placeOf(text: string, span: Span): Place {
	// The end of the file is shown at the end of its last line with text.
	const start = Math.min(span.start, text.trimEnd().length);
	const before = text.slice(0, start).split("\n");
	const source = (text.split("\n")[before.length - 1] ?? "").replace(/\r$/, "");
	const column = (before.at(-1) ?? "").length + 1;
	const length = Math.max(1, Math.min(span.end - span.start, source.length - column + 1));
	return { line: before.length, column, source, length };
}

/** The source line with the offending text underlined; control characters made visible. */
function excerpt({ line, column, source, length }: Place): string {
	const number = String(line).padStart(5);
	const from = column + length > widest ? Math.max(0, column - 20) : 0;
	const visible = printable(source.slice(from, from + widest));
	const marks = "^".repeat(Math.max(1, Math.min(length, widest - (column - 1 - from))));
	return `${number} | ${visible}\n${" ".repeat(5)} | ${" ".repeat(column - 1 - from)}${marks}`;
}

/** Text without control and format characters, which could rewrite the terminal. */
function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, "·");
}
