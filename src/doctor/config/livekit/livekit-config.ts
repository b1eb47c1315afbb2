import {
	type Document,
	isAlias,
	isMap,
	isNode,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	parseDocument,
	Scalar,
} from "yaml";
import { UserError } from "../../../error/user-error.js";
import { type LintFinding, placed, type RuleFinding } from "../lint-finding.js";
import type { YamlEdit } from "./yaml-edit.js";

/** Keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** So many times may all aliases together repeat a node: far beyond need, far below a bomb. */
const mostAliases = 100;
/** Keys whose values are never quoted in a finding. */
const secretKeys = /^(secret|credential|password|sentinel_password|username)$/;

/** A livekit.yaml with the line of each of its values. */
export class LiveKitConfig {
	readonly #document: Document;
	readonly #lines: LineCounter;
	readonly #values: unknown;
	readonly fileName: string;
	/** Keys that are in one mapping twice, with the line of the second: livekit-server refuses such a file. */
	readonly duplicates: readonly { readonly key: string; readonly line: number }[];

	/** @throws UserError (exit 2) with file and line: no YAML, several documents, no mapping */
	constructor(text: string, fileName: string) {
		this.fileName = fileName;
		this.#lines = new LineCounter();
		this.#document = parseDocument(text, {
			lineCounter: this.#lines,
			prettyErrors: false,
			merge: true,
			uniqueKeys: true,
		});
		const [duplicates, errors] = split(
			this.#document.errors,
			({ code }) => code === "DUPLICATE_KEY",
		);
		const [error] = errors;
		if (error !== undefined) {
			const { line } = this.#lines.linePos(error.pos[0]);
			throw new UserError({
				message: `${fileName}:${line} is not valid YAML: ${error.message}`,
				hint: "--livekit-config takes the livekit.yaml that livekit-server reads.",
			});
		}
		this.duplicates = duplicates.map(({ pos: [start] }) => ({
			key: /^[^\s:,}]+/.exec(text.slice(start))?.[0] ?? "",
			line: this.#lines.linePos(start).line,
		}));
		this.#values = valuesOf(this.#document, fileName);
		if (!isMap(this.#document.contents))
			throw new UserError({
				message: `${fileName} is no livekit.yaml: it holds no mapping such as "port: 7880"`,
				hint: "--livekit-config takes the livekit.yaml that livekit-server reads.",
			});
	}

	/** The plain value, undefined where there is none; `null` counts as none, as it does for the server. */
	get(path: Path): unknown {
		let value = this.#values;
		for (const step of path) {
			if (typeof value !== "object" || value === null) return undefined;
			value = (value as Record<string | number, unknown>)[step];
		}
		return value ?? undefined;
	}

	/** Whether the key is written, be it without a value. */
	has(path: Path): boolean {
		return this.#document.hasIn(path);
	}

	text(path: Path): string | undefined {
		const value = this.get(path);
		return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
	}

	/** A number as the server reads it; undefined where it is none (see wrong-type). */
	number(path: Path): number | undefined {
		const value = this.get(path);
		return typeof value === "number" ? value : undefined;
	}

	flag(path: Path): boolean {
		const value = this.get(path);
		return value === true || (typeof value === "string" && /^(y|Y|yes|on)$/.test(value));
	}

	list(path: Path): readonly unknown[] {
		const value = this.get(path);
		return Array.isArray(value) ? value : [];
	}

	/** Keys below a mapping, as written. */
	keys(path: Path): readonly string[] {
		const value = this.get(path);
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? Object.keys(value)
			: [];
	}

	/** Whether the value is written without quotes. */
	isPlain(path: Path): boolean {
		const node = this.#document.getIn(path, true);
		return isScalar(node) && node.type === Scalar.PLAIN;
	}

	/** 1-based, of the key; of a list's item, of the item. Undefined where the path is not in the file. */
	line(path: Path): number | undefined {
		const start = startOf(this.#document, path);
		return start === undefined ? undefined : this.#lines.linePos(start).line;
	}

	/** A finding about the value at `path`, or, where it is not in the file, about its lack. */
	finding(path: Path, rule: RuleFinding<YamlEdit>): LintFinding<YamlEdit> {
		const line = this.line(path);
		return placed(
			rule,
			this.fileName,
			line,
			line === undefined ? undefined : this.#quoted(path, rule),
		);
	}

	#quoted(path: Path, { hidesValue = false }: RuleFinding<YamlEdit>): string {
		const isSecret = path[0] === "keys" || path.some((step) => secretKeys.test(String(step)));
		const name = pathText(path[0] === "keys" ? path.slice(0, 1) : path);
		const value = this.get(path);
		if (isSecret || hidesValue) return `${name}: ***`;
		const text = JSON.stringify(value ?? null);
		const isMapping = text.startsWith("{");
		// A URL may hold user and password, a list of mappings their secrets.
		return `${name}: ${isMapping || /@|\{/.test(text) ? "…" : text}`;
	}
}

/** `rtc.stun_servers[0]` */
export function pathText(path: Path): string {
	return path
		.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`))
		.join("");
}

function valuesOf(document: Document, fileName: string): unknown {
	try {
		return document.toJS({ maxAliasCount: mostAliases });
	} catch (error) {
		throw new UserError({
			message: `${fileName}: its aliases (*name) repeat too much of the document, or name nothing`,
			hint: "Write the repeated parts out.",
			cause: error,
		});
	}
}

function startOf(document: Document, path: Path): number | undefined {
	let node: Node | null = document.contents;
	let start: number | undefined;
	for (const step of path) {
		if (isAlias(node)) node = node.resolve(document) ?? null;
		if (isMap(node)) {
			const pair = node.items.find(
				({ key }) => isScalar(key) && String(key.value) === String(step),
			);
			if (pair === undefined) return undefined;
			start = isNode(pair.key) ? pair.key.range?.[0] : start;
			node = isNode(pair.value) ? pair.value : null;
		} else if (isSeq(node)) {
			const item: unknown = node.items[Number(step)];
			if (!isNode(item)) return undefined;
			start = item.range?.[0];
			node = item;
		} else return undefined;
	}
	return start;
}

function split<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
	return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
