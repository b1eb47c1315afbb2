import { parseStatistic, type Statistic, type ValueUnit } from "./statistic.js";
import { ThresholdError } from "./threshold-error.js";
import { parseValue } from "./threshold-value.js";

export type Operator = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** What a threshold does besides holding or not. */
export interface ThresholdOptions {
	/** Shown, but without a say in the verdict. @default false */
	readonly advisory?: boolean;
	/** Ends the run as soon as it fails. @default false */
	readonly abortOnFail?: boolean;
}

/** A condition on one figure of one metric. */
export interface Threshold extends Required<ThresholdOptions> {
	readonly metric: string;
	/** As written. */
	readonly expression: string;
	readonly statistic: Statistic;
	readonly operator: Operator;
	/** In `unit`. */
	readonly limit: number;
	readonly unit: ValueUnit;
}

const operators: Readonly<Record<string, Operator>> = {
	"<": "<",
	"<=": "<=",
	">": ">",
	">=": ">=",
	"==": "==",
	"===": "==", // k6 has both
	"!=": "!=",
};

/**
 * Reads a threshold. The grammar, with blanks allowed between the parts:
 *
 * ```
 * threshold  ::= statistic operator value
 * statistic  ::= percentile | "min" | "max" | "mean" | "avg" | "med" | "count" | "ratio" | "rate" | "failed"
 * percentile ::= "p" number | "p(" number ")"          ; 0 < number < 100
 * operator   ::= "<" | "<=" | ">" | ">=" | "==" | "===" | "!="
 * value      ::= number unit?
 * unit       ::= "us" | "µs" | "ms" | "s" | "m"        ; required for times, for times only
 *              | "%"                                   ; shares only; without it 0 to 1
 * number     ::= digits ( "." digits )? ( "e" sign? digits )?
 * ```
 *
 * `avg`, `med` and `rate` are k6's words for `mean`, `p50` and `ratio`. `ratio` belongs to ratios,
 * `failed` to `connect.<stage>` and `recovery.media`, and counters have `count` alone.
 * @throws ThresholdError
 */
export function parseThreshold(
	metric: string,
	expression: string,
	options: ThresholdOptions = {},
): Threshold {
	const parts = /^([^<>=!]*)([<>=!]+)(.*)$/s.exec(expression.trim());
	const [, left = "", sign = "", right = ""] = parts ?? [];
	const { statistic, unit } = parseStatistic(metric, parts ? left.trim() : firstWord(expression));
	const operator = Object.hasOwn(operators, sign) ? operators[sign] : undefined;
	if (operator === undefined) {
		throw new ThresholdError(
			sign === "" ? `"${expression}" has no operator` : `"${sign}" is not an operator`,
			`write one of ${Object.keys(operators).join(" ")}, as in "${left.trim() || firstWord(expression)} < …"`,
		);
	}
	const limit = parseValue(right.trim(), unit);
	const { advisory = false, abortOnFail = false } = options;
	return { metric, expression, statistic, operator, limit, unit, advisory, abortOnFail };
}

/**
 * For the scenario loader, which adds the file and the line.
 * @returns what is wrong and what would be right, or undefined for a good threshold
 */
export function checkThreshold(metric: string, expression: string): string | undefined {
	try {
		parseThreshold(metric, expression);
		return undefined;
	} catch (error) {
		if (error instanceof ThresholdError) return `${error.message}: ${error.hint}`;
		throw error;
	}
}

/** Whether `observed` keeps the threshold. */
export function holds({ operator, limit }: Threshold, observed: number): boolean {
	switch (operator) {
		case "<":
			return observed < limit;
		case "<=":
			return observed <= limit;
		case ">":
			return observed > limit;
		case ">=":
			return observed >= limit;
		case "==":
			return observed === limit;
		case "!=":
			return observed !== limit;
	}
}

function firstWord(expression: string): string {
	return /^\s*(p\([^)]*\)|\S*)/i.exec(expression)?.[1] ?? "";
}
