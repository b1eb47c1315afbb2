import type { ChalkInstance } from "chalk";
import Table from "cli-table3";

/** Tables without frames: they survive copy and paste. */
const bare = {
	...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
	...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
	...{ left: "", "left-mid": "", right: "", "right-mid": "" },
	...{ mid: "", "mid-mid": "", middle: " " },
};

/** A dim head and its lines, indented; nothing where there are no lines. */
export function section(head: string, lines: readonly string[], chalk: ChalkInstance): string {
	if (lines.length === 0) return "";
	return [chalk.dim(head), ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Columns under dim heads, the first to the left, figures to the right; nothing where there are no rows. */
export function table(
	head: readonly string[],
	rows: readonly string[][],
	chalk: ChalkInstance,
): string {
	if (rows.length === 0) return "";
	const drawn = new Table({
		chars: bare,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
		colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
		head: head.map((name) => chalk.dim(name)),
	});
	drawn.push(...rows);
	// The library pads the last column too.
	return drawn.toString().replace(/ +$/gm, "");
}
