/** One change of a turnserver.conf. Lines are 1-based and those of the text before any change. */
export type LineEdit =
	| { readonly do: "replace"; readonly line: number; readonly text: string }
	/** Kept, as a comment. */
	| { readonly do: "disable"; readonly line: number }
	| { readonly do: "append"; readonly text: string };

/** The text with the changes made; every other line, and the way lines end, stay as they are. */
export function editedLines(text: string, edits: readonly LineEdit[]): string {
	if (edits.length === 0) return text;
	const end = text.includes("\r\n") ? "\r\n" : "\n";
	const lines = text.split(/\r?\n/);
	const appended: string[] = [];
	for (const edit of edits) {
		if (edit.do === "append") {
			if (!appended.includes(edit.text)) appended.push(edit.text);
			continue;
		}
		const old = lines[edit.line - 1] ?? "";
		lines[edit.line - 1] =
			edit.do === "replace"
				? edit.text.replaceAll("\n", end)
				: old.startsWith("#")
					? old
					: `#${old}`;
	}
	if (appended.length > 0) {
		const isClosed = lines.at(-1) === "";
		if (isClosed) lines.pop();
		lines.push(...appended, "");
	}
	return lines.join(end);
}
