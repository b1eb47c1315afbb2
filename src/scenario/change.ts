import type { Path } from "./problem.js";

/** A value to set, deep in the raw scenario. */
export interface Change {
	readonly path: Path;
	readonly value: unknown;
}

/** What an override comes to: changes, or why it cannot be done. */
export type Overridden = { readonly changes: readonly Change[] } | { readonly problem: string };

/** A copy of `raw` with one value set; mappings on the way are made when they are missing. */
export function applyChange(raw: unknown, { path, value }: Change): unknown {
	const [step, ...rest] = path;
	if (step === undefined) return value;
	if (Array.isArray(raw)) {
		const copy: unknown[] = [...raw];
		copy[Number(step)] = applyChange(copy[Number(step)], { path: rest, value });
		return copy;
	}
	const below = isMapping(raw) && Object.hasOwn(raw, step) ? raw[step] : undefined;
	// Entries instead of assignment: a key such as __proto__ stays an ordinary (unknown) key.
	return Object.fromEntries([
		...Object.entries(isMapping(raw) ? raw : {}).filter(([key]) => key !== step),
		[step, applyChange(below, { path: rest, value })],
	]);
}

/** Whether a raw value is a YAML mapping. */
export function isMapping(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
