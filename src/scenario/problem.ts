/** Where in a scenario: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** One thing wrong with a scenario. The text is made at the edge, in report.ts. */
export interface Problem {
	readonly path: Path;
	/** What the problem is about: the key itself, or its value. A missing key points at its parent. */
	readonly part: "key" | "value" | "missing";
	/** One sentence part, without place. */
	readonly message: string;
}

/** `load.0.ramp`, as `--set` takes it. */
export function pathText(path: Path): string {
	return path.join(".");
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: Path, ancestor: Path): boolean {
	return ancestor.every((part, i) => String(part) === String(path[i]));
}
