/**
 * The way to heard audio, in the order in which it is gone. A fault on one layer explains whatever fails on the layers
 * after it.
 */
export const layers = [
	"input",
	"config",
	"dns",
	"tcp",
	"tls",
	"http",
	"token",
	"signal",
	"ice-servers",
	"stun",
	"turn",
	"gathering",
	"connection",
	"audio",
] as const;

export type Layer = (typeof layers)[number];

/** `fault`: audio cannot work, or not for everybody; `warning`: it works, and yet should be mended. */
export type Severity = "fault" | "warning";

/**
 * How sure it is that this is a cause: `proven` by what came back, `likely` from a pattern, `possible` where the same
 * sight has several causes.
 */
export type Confidence = "proven" | "likely" | "possible";

export interface Finding {
	/** Stable, `layer.what-is-wrong`; a row of docs/diagnosis.md. */
	readonly id: `${Layer}.${string}`;
	readonly severity: Severity;
	readonly confidence: Confidence;
	/** One clause for the summary line, without a full stop: "TURN rejects the credentials: realm `a` ≠ `b`". */
	readonly title: string;
	/** One or two sentences: why this keeps audio from being heard. */
	readonly cause: string;
	/** The exact change to make, with file, line, key or flag where they are known. */
	readonly fix: string;
	/** What was tried and what came back, a line each; never a secret or a token. */
	readonly evidence: readonly string[];
}
