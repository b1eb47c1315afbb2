import type { Confidence, Finding, Severity } from "../finding.js";

/** A finding about a config file, and how the file is mended. */
export interface LintFinding<Edit> extends Finding {
	/** 1-based; undefined: something is missing, so that no line can be named. */
	readonly line: number | undefined;
	/** What `--fix` does about it. None: the right value is not in the file, so a person has to give it. */
	readonly edits: readonly Edit[];
}

/** What a lint says about one file. */
export interface Lint<Edit> {
	/** What keeps more people from being heard first: the order of the rules. None: it is healthy. */
	readonly findings: readonly LintFinding<Edit>[];
	/** What is without effect and harmless: for the tree on the terminal, a line each. */
	readonly notes: readonly string[];
}

/** A finding as a rule tells it; the place and the quoted line are added by the file it is about. */
export interface RuleFinding<Edit> {
	/** Behind `config.`; a row of docs/diagnosis.md. */
	readonly id: string;
	/** @default "fault" */
	readonly severity?: Severity;
	/** @default "proven": the program itself reads it so */
	readonly confidence?: Confidence;
	readonly title: string;
	readonly cause: string;
	readonly fix: string;
	readonly edits?: readonly Edit[];
	/** The quoted line shows the key alone: its value may be a secret under a mistyped name. */
	readonly hidesValue?: boolean;
	/** Beside the quoted line. */
	readonly evidence?: readonly string[];
}

/** @param quoted the source line, without secrets; undefined with an undefined `line` */
export function placed<Edit>(
	rule: RuleFinding<Edit>,
	fileName: string,
	line: number | undefined,
	quoted: string | undefined,
): LintFinding<Edit> {
	const place = line === undefined ? fileName : `${fileName}:${line}`;
	return {
		id: `config.${rule.id}`,
		severity: rule.severity ?? "fault",
		confidence: rule.confidence ?? "proven",
		title: rule.title,
		cause: rule.cause,
		fix: `${place}: ${rule.fix}`,
		evidence: [quoted === undefined ? place : `${place}: ${quoted}`, ...(rule.evidence ?? [])],
		line,
		edits: rule.edits ?? [],
	};
}

/** The finding alone, fit to be shown: an edit may hold a secret. */
export function withoutEdits<Edit>({ line, edits, ...finding }: LintFinding<Edit>): Finding {
	return finding;
}
