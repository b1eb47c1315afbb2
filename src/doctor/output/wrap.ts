import { stripControlCharacters } from "../../sink/control-characters.js";

/**
 * Text on lines of at most `width` characters, broken at spaces, and inside of what alone is longer (a URL).
 * Control characters, which may come from servers, are taken out.
 * @param width columns, at least 1
 */
export function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of stripControlCharacters(text).split(" ")) {
		const longer = line === "" ? word : `${line} ${word}`;
		if (longer.length <= width) {
			line = longer;
			continue;
		}
		if (line !== "") lines.push(line);
		const pieces = piecesOf(word, width);
		line = pieces.pop() ?? "";
		lines.push(...pieces);
	}
	return [...lines, line];
}

function piecesOf(word: string, width: number): string[] {
	const pieces: string[] = [];
	for (let from = 0; from < word.length; from += width) pieces.push(word.slice(from, from + width));
	return pieces;
}
