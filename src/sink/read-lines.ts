import { createReadStream } from "node:fs";

const newline = 0x0a;

/** What the sinks keep in memory at most, so no line of theirs is longer. */
const longestLine = 16_000_000;

/**
 * The lines of a file, some at a time, in bounded memory however large the file is. Split at newlines alone: a
 * server's own words may hold the other characters that Node's readline takes for one. Empty lines are left out;
 * undefined stands for a line that is longer than any of ours.
 * @throws Node's error with its `code` when the file cannot be read
 */
export async function* readLines(
	path: string,
	maxBytes = longestLine,
	/** So much of the file, from its beginning. @default all of it */
	firstBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly (string | undefined)[]> {
	let parts: Buffer[] = [];
	let bytes = 0;
	const take = (piece: Buffer) => {
		bytes += piece.length;
		if (bytes <= maxBytes) parts.push(piece);
		else parts = [];
	};
	const end = (): string | undefined => {
		const line = bytes <= maxBytes ? Buffer.concat(parts).toString() : undefined;
		parts = [];
		bytes = 0;
		return line;
	};
	if (firstBytes <= 0) return;
	for await (const chunk of createReadStream(path, { end: firstBytes - 1 })) {
		const lines: (string | undefined)[] = [];
		let from = 0;
		for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
			take(chunk.subarray(from, at));
			const line = end();
			if (line !== "") lines.push(line);
			from = at + 1;
		}
		// A copy: a view would hold on to the whole chunk.
		if (from < chunk.length) take(Buffer.from(chunk.subarray(from)));
		if (lines.length > 0) yield lines;
	}
	if (bytes > 0) yield [end()];
}
