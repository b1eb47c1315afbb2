import type { z } from "zod";
import { nearest } from "../error/nearest.js";
import { keySeparator } from "./mapping.js";
import { isWithin, type Path, type Problem } from "./problem.js";
import { shown } from "./shown.js";

const missing = "missing";

const expectedNames: Readonly<Record<string, string>> = {
	object: "a mapping",
	record: "a mapping",
	array: "a list",
	tuple: "a list",
	string: "text",
	int: "a whole number",
	number: "a whole number",
	boolean: "true or false",
};

/** Words for the issues that no part of the schema has its own words for. */
export const explainIssue: z.core.$ZodErrorMap = (issue) => {
	if (issue.input === undefined) return missing;
	switch (issue.code) {
		case "invalid_type":
			return `expected ${expectedNames[issue.expected] ?? issue.expected}, got ${shown(issue.input)}`;
		case "too_small":
			if (issue.origin === "array")
				return issue.exact || Number(issue.minimum) > 1
					? `expected ${issue.minimum} entries, got ${shown(issue.input)}`
					: "must not be empty";
			return `must be ${issue.inclusive ? "at least" : "above"} ${issue.minimum}, got ${shown(issue.input)}`;
		case "too_big":
			return issue.origin === "array"
				? `expected ${issue.maximum} entries, got ${shown(issue.input)}`
				: `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}, got ${shown(issue.input)}`;
		default:
			return undefined;
	}
};

/** All problems of a failed parse below `base`; of a union only those of the branch that was meant. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], base: Path): Problem[] {
	const problems = issues.flatMap((issue): Problem[] => {
		const path = [...base, ...issue.path.map((part) => (typeof part === "symbol" ? "" : part))];
		if (issue.code === "unrecognized_keys")
			return issue.message.split(keySeparator).map((message, i) => ({
				path: [...path, issue.keys[i] ?? ""],
				part: "key",
				message,
			}));
		if (issue.code === "invalid_union") {
			const meant = branchMeant(issue.errors);
			if (meant !== undefined) return problemsOf(meant, path);
		}
		if (issue.message === missing)
			return [{ path, part: "missing", message: `missing key ${shown(path.at(-1))}` }];
		return [{ path, part: "value", message: issue.message }];
	});
	return problems.filter((problem) => !isMistyped(problem, problems));
}

/** Whether a key is missing only because it was mistyped, which is a problem of its own. */
function isMistyped({ path, part }: Problem, problems: readonly Problem[]): boolean {
	const key = String(path.at(-1));
	return (
		part === "missing" &&
		problems.some(
			(other) =>
				other.part === "key" &&
				other.path.length === path.length &&
				isWithin(other.path, path.slice(0, -1)) &&
				nearest(String(other.path.at(-1)), [key]) !== undefined,
		)
	);
}

/** The union branch closest to what was written, unless the value has the shape of none. */
function branchMeant(
	branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
	const wrongShape = 1000;
	const distances = branches.map((issues) =>
		issues.reduce((sum, issue) => {
			if (issue.path.length === 0 && issue.code === "invalid_type") return sum + wrongShape;
			if (issue.path.length === 0 && issue.code === "invalid_value") return sum + wrongShape;
			if (issue.code === "unrecognized_keys") return sum + 10 * issue.keys.length;
			return sum + (issue.message === missing ? 5 : 1);
		}, 0),
	);
	const least = Math.min(...distances);
	return least < wrongShape ? branches[distances.indexOf(least)] : undefined;
}
