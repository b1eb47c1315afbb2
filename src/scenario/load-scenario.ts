import { applyChange, isMapping } from "./change.js";
import { combinationProblems } from "./combinations.js";
import { readDocument, type ScenarioDocument } from "./document.js";
import { explainIssue, problemsOf } from "./explain.js";
import { changesOf, type Override } from "./override.js";
import { isWithin, type Path, type Problem, pathText } from "./problem.js";
import { type PlacedProblem, scenarioError } from "./report.js";
import { resolveScenario, type Scenario } from "./scenario.js";
import { type ParsedScenario, scenarioSchema } from "./schema.js";
import { shown } from "./shown.js";

export interface LoadScenarioInput {
	/** The YAML text. */
	readonly text: string;
	/** As the user named it: used in messages, and its folder for relative WAV paths. */
	readonly fileName: string;
	/** What flags change, in order. */
	readonly overrides?: readonly Override[];
	/** What is wrong with a threshold, or undefined: the grammar belongs to the verdict room. */
	readonly checkThreshold: (metric: string, expression: string) => string | undefined;
}

/** A path that a flag wrote: problems there are the flag's, not the file's. */
interface Written {
	readonly flag: string;
	readonly path: Path;
}

/**
 * Reads, changes and checks a scenario. Nothing is ever clamped or ignored.
 * @throws UserError with all problems at once, each with its file:line:column or flag
 */
export function loadScenario(input: LoadScenarioInput): Scenario {
	const { text, fileName } = input;
	const document = readDocument(text, fileName);
	const fail = (problems: readonly PlacedProblem[]) => scenarioError(problems, text, fileName);
	if (document.syntaxProblems.length > 0) throw fail(document.syntaxProblems);
	if (document.raw === null || document.raw === undefined)
		throw fail([{ message: "the file is empty; expected a scenario in YAML" }]);
	if (!isMapping(document.raw))
		throw fail([
			{
				message: `expected a mapping such as "name: my-test", got ${shown(document.raw)}`,
				span: document.spanOf([], "value"),
			},
		]);

	const { raw, written, problems } = applyOverrides(document.raw, input.overrides ?? []);
	const { parsed, problems: found } = check(raw, input.checkThreshold);
	problems.push(...found.map((problem) => place(problem, document, written)));
	if (problems.length > 0) throw fail(problems);

	const isWavFromFlag = written.some(({ path }) => isWithin(["audio", "source"], path));
	// Every key parsed and no rule broken: nothing is partial any more.
	return resolveScenario(parsed as ParsedScenario, isWavFromFlag ? undefined : fileName);
}

function applyOverrides(original: unknown, overrides: readonly Override[]) {
	let raw = original;
	const written: Written[] = [];
	const problems: PlacedProblem[] = [];
	for (const override of overrides) {
		const overridden = changesOf(override, raw);
		const flag = flagText(override);
		if ("problem" in overridden) {
			problems.push({ flag, message: overridden.problem });
			continue;
		}
		for (const change of overridden.changes) {
			raw = applyChange(raw, change);
			written.push({ flag, path: change.path });
		}
	}
	return { raw, written, problems };
}

function flagText(override: Override): string {
	if ("duration" in override) return `${override.flag} ${override.duration}`;
	if ("participants" in override) return `${override.flag} ${override.participants}`;
	return override.flag === "--set" ? `--set ${override.path}` : override.flag;
}

/** Each key by itself, so that one bad key hides no problem of another. */
function check(raw: unknown, checkThreshold: LoadScenarioInput["checkThreshold"]) {
	const values = isMapping(raw) ? raw : {};
	const parsed: Partial<Record<string, unknown>> = {};
	const problems: Problem[] = [];
	for (const [key, schema] of Object.entries(scenarioSchema.shape)) {
		const result = schema.safeParse(values[key], { error: explainIssue });
		if (result.success) parsed[key] = result.data;
		else problems.push(...problemsOf(result.error.issues, [key]));
	}
	// Only the unknown keys of the whole: everything below was reported above, key by key.
	const whole = scenarioSchema.safeParse(raw, { error: explainIssue });
	for (const issue of whole.success ? [] : whole.error.issues)
		if (issue.code === "unrecognized_keys" && issue.path.length === 0)
			problems.push(...problemsOf([issue], []));

	const partial = parsed as Partial<ParsedScenario>;
	problems.push(...combinationProblems(raw, partial));
	problems.push(...thresholdProblems(values.thresholds, checkThreshold));
	return { parsed: partial, problems };
}

/** On the raw value, so that one entry of the wrong type hides no bad expression of another. */
function thresholdProblems(
	raw: unknown,
	checkThreshold: LoadScenarioInput["checkThreshold"],
): Problem[] {
	return Object.entries(isMapping(raw) ? raw : {}).flatMap(([metric, entries]) =>
		(Array.isArray(entries) ? entries : []).flatMap((entry: unknown, i): Problem[] => {
			const isLong = isMapping(entry);
			const expression = isLong ? entry.expression : entry;
			if (typeof expression !== "string") return [];
			const message = checkThreshold(metric, expression);
			const path = ["thresholds", metric, i, ...(isLong ? ["expression"] : [])];
			return message === undefined ? [] : [{ path, part: "value", message }];
		}),
	);
}

function place(
	{ path, part, message }: Problem,
	document: ScenarioDocument,
	written: readonly Written[],
): PlacedProblem {
	const about = part === "missing" ? path.slice(0, -1) : path;
	const writer = written.findLast(
		(one) => isWithin(about, one.path) || (isWithin(one.path, about) && !document.has(about)),
	);
	const isNamed = part === "key" || about.length === 0;
	if (writer !== undefined) {
		const isFlagsOwn = isNamed || pathText(about) === pathText(writer.path);
		return { flag: writer.flag, message: isFlagsOwn ? message : `${pathText(about)}: ${message}` };
	}
	return {
		message: isNamed ? message : `${pathText(about)}: ${message}`,
		span: document.spanOf(about, part === "key" ? "key" : "value"),
	};
}
