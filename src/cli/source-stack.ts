import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** `file:///path/chunk.js:12:34`, as a line of a stack trace has it. */
const placePattern = /(file:\/\/[^\s()]+?):(\d+):(\d+)/g;

/**
 * A stack trace with the places of the sources in it, where a source map beside the file tells them. Read when
 * there is something to explain: Node's own `--enable-source-maps` reads every map at every start.
 */
export function sourceStack(stack: string): string {
	const maps = new Map<string, SourceMap | undefined>();
	return stack.replace(placePattern, (place, file: string, line: string, column: string) => {
		if (!maps.has(file)) maps.set(file, mapOf(file));
		const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
		if (!entry || !("originalSource" in entry)) return place;
		const source = fileURLToPath(new URL(entry.originalSource, file));
		return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
	});
}

function mapOf(file: string): SourceMap | undefined {
	try {
		return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`), "utf8")));
	} catch {
		return undefined;
	}
}
