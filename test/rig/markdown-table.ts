/** @param heads of the columns, with ", " between them. @returns the lines of a Markdown table */
export function tableOf(heads: string, rows: readonly (readonly string[])[]): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const columns = heads.split(", ");
	return [line(columns), line(columns.map(() => "---")), ...rows.map(line)];
}

export function shownMs(milliseconds: number | undefined): string {
	return milliseconds?.toFixed(2) ?? "none";
}
