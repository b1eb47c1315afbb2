import {
	type Document,
	isAlias,
	isCollection,
	isMap,
	isNode,
	isScalar,
	isSeq,
	type Node,
	parseDocument,
	visit,
	type YAMLError,
} from "yaml";
import { UserError } from "../error/user-error.js";
import type { Path } from "./problem.js";

/** A stretch of the source text, in characters from its start. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** A YAML error with its place. */
export interface SyntaxProblem {
	readonly span: Span;
	readonly message: string;
}

/** A scenario's text, read but not yet checked. */
export interface ScenarioDocument {
	/** Plain JSON-like data; undefined when there are syntax problems. */
	readonly raw: unknown;
	readonly syntaxProblems: readonly SyntaxProblem[];
	/** The source of the key or value at this path, or of the nearest thing above it that is there. */
	spanOf(path: Path, part: "key" | "value"): Span;
	/** Whether the file itself holds something at this path. */
	has(path: Path): boolean;
}

/** So many times may all aliases together repeat a node: far beyond need, far below a bomb. */
const mostAliases = 100;

/**
 * Reads YAML 1.2 text. Duplicate keys, several documents and unknown tags are problems, too.
 * @throws UserError when aliases would blow the document up, or it is nested too deeply to read
 */
export function readDocument(text: string, fileName: string): ScenarioDocument {
	try {
		const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
		if (document.errors.some((error) => /call stack/.test(error.message)))
			throw new RangeError("nested too deeply");
		const syntaxProblems = [
			...[...document.errors, ...document.warnings].map((error) => syntaxProblem(error, text)),
			...aliasProblems(document),
		];
		return {
			raw: syntaxProblems.length === 0 ? document.toJS({ maxAliasCount: mostAliases }) : undefined,
			syntaxProblems,
			spanOf: (path, part) => spanOf(document, path, part),
			has: (path) => document.hasIn(path),
		};
	} catch (error) {
		if (error instanceof ReferenceError && /alias count/i.test(error.message))
			throw new UserError({
				message: `${fileName}: its aliases (*name) repeat too much of the document`,
				hint: "Write the repeated parts out.",
				cause: error,
			});
		if (error instanceof RangeError)
			throw new UserError({
				message: `${fileName}: nested too deeply to be a scenario`,
				hint: "Every key is described in docs/scenario.md.",
				cause: error,
			});
		throw error;
	}
}

function syntaxProblem(error: YAMLError, text: string): SyntaxProblem {
	const [start, end] = error.pos;
	const span = { start, end: Math.max(start + 1, end) };
	if (error.code === "DUPLICATE_KEY") {
		const key = /^[^\s:,}]+/.exec(text.slice(start))?.[0] ?? "";
		return { span: { start, end: start + key.length }, message: `duplicate key "${key}"` };
	}
	if (error.code === "MULTIPLE_DOCS")
		return { span, message: "a scenario is one YAML document, but a second one starts here" };
	return { span, message: `not valid YAML: ${error.message}` };
}

/** The parser leaves it to `toJS` to find that an anchor is not there, and that one knows no place. */
function aliasProblems(document: Document): SyntaxProblem[] {
	const problems: SyntaxProblem[] = [];
	visit(document, {
		Alias(_key, alias) {
			if (alias.resolve(document) !== undefined) return;
			const [start = 0, end = start] = alias.range ?? [];
			const message = `*${alias.source} repeats nothing: no &${alias.source} stands before it`;
			problems.push({ span: { start, end: Math.max(start + 1, end) }, message });
		},
	});
	return problems;
}

function spanOf(document: Document, path: Path, part: "key" | "value"): Span {
	let node: Node | null = document.contents;
	let found: Node | null = node;
	for (const [i, step] of path.entries()) {
		if (isAlias(node)) node = node.resolve(document) ?? null;
		const isLast = i === path.length - 1;
		if (isMap(node)) {
			const pair = node.items.find(
				({ key }) => (isScalar(key) ? String(key.value) : "") === String(step),
			);
			if (pair === undefined) break;
			const key: Node | null = isNode(pair.key) ? pair.key : null;
			node = isNode(pair.value) ? pair.value : null;
			// An empty value has no text of its own, and a collection's is too long to point at.
			const pointsAtKey = part === "key" || !hasText(node) || isCollection(node);
			found = (isLast && pointsAtKey ? key : (node ?? key)) ?? found;
		} else if (isSeq(node)) {
			const item: unknown = node.items[Number(step)];
			if (!isNode(item)) break;
			node = item;
			found = item;
		} else break;
	}
	const [start = 0, end = start] = found?.range ?? [];
	return { start, end: Math.max(start + 1, end) };
}

function hasText(node: Node | null): boolean {
	const [start = 0, end = start] = node?.range ?? [];
	return end > start;
}
