import { parse } from "yaml";
import { UserError } from "../error/user-error.js";
import { isMapping, type Overridden } from "./change.js";
import { overrideDuration } from "./override-duration.js";
import { overrideParticipants } from "./override-participants.js";
import type { Path } from "./problem.js";
import { shown } from "./shown.js";

/** A change that a flag makes to the scenario before it is checked. */
export type Override =
	/** Sets one value; `path` as in `--set load.0.ramp=5s`. */
	| { readonly flag: string; readonly path: string; readonly value: unknown }
	/** Scales the load shape to this length: see override-duration.ts. */
	| { readonly flag: string; readonly duration: string }
	/** That many participants in all rooms together: see override-participants.ts. */
	| { readonly flag: string; readonly participants: number };

/**
 * Reads `path=value` of `--set`; the value is YAML, so that numbers and lists keep their type.
 * @throws UserError when there is no `=`, no path, or the value is not YAML
 */
export function parseSet(text: string): Override {
	const [, path, value] = /^([^=\s]+?)=(.*)$/s.exec(text) ?? [];
	const flag = "--set";
	const hint = "Write it as --set path=value, for example --set load.0.ramp=5s.";
	if (path === undefined || value === undefined)
		throw new UserError({ message: `${flag}: expected path=value, got ${shown(text)}`, hint });
	try {
		return { flag, path, value: parse(value, { maxAliasCount: 0 }) as unknown };
	} catch (cause) {
		throw new UserError({ message: `${flag} ${path}: the value is not valid YAML`, hint, cause });
	}
}

/** The changes that an override makes to a raw scenario. */
export function changesOf(override: Override, raw: unknown): Overridden {
	if ("duration" in override) return overrideDuration(raw, override.duration);
	if ("participants" in override) return overrideParticipants(raw, override.participants);
	const path = resolvePath(raw, override.path.split("."));
	return typeof path === "string"
		? { problem: path }
		: { changes: [{ path, value: override.value }] };
}

/**
 * Turns dotted words into a path. Metric names hold dots themselves, so below `thresholds` all words
 * up to a list position are one key.
 */
function resolvePath(raw: unknown, words: readonly string[]): Path | string {
	const path: (string | number)[] = [];
	let node = raw;
	for (let i = 0; i < words.length; i++) {
		let word = words[i] ?? "";
		if (word === "") return "the path has an empty part";
		if (Array.isArray(node)) {
			if (!/^\d+$/.test(word) || Number(word) > node.length)
				return `${path.join(".")} is a list of ${node.length}: expected a position from 0 to ${node.length}, got ${shown(word)}`;
			path.push(Number(word));
			node = node[Number(word)];
			continue;
		}
		if (node !== undefined && node !== null && !isMapping(node))
			return `${path.join(".")} is ${shown(node)} and has no ${shown(word)}`;
		if (/^\d+$/.test(word))
			return `${path.length > 0 ? path.join(".") : "the scenario"} is not a list in the file, so it has no position ${word}`;
		if (path.length === 1 && path[0] === "thresholds") {
			const rest = words.slice(i);
			const position = rest.findIndex((part) => /^\d+$/.test(part));
			const metric = position < 0 ? rest : rest.slice(0, position);
			word = metric.join(".");
			i += metric.length - 1;
		}
		path.push(word);
		node = isMapping(node) && Object.hasOwn(node, word) ? node[word] : undefined;
	}
	return path;
}
