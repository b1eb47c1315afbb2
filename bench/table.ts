import Table from "cli-table3";
import type { Spread } from "./statistics.js";

/** `1.2 / 1.3 / 1.9`: smallest, middle, largest. */
export function shownSpread(spread: Spread | undefined, digits: number): string {
	if (!spread) return "–";
	return [spread.min, spread.median, spread.max].map((value) => value.toFixed(digits)).join(" / ");
}

/** `0.62 (0.58 to 0.71)`: the median of the ratios of single pairs, and their range. */
export function shownRatio(ratio: Spread | undefined): string {
	if (!ratio) return "–";
	const [min, median, max] = [ratio.min, ratio.median, ratio.max].map((value) => value.toFixed(2));
	return `${median} (${min} to ${max})`;
}

/** A table for a terminal, numbers to the right; colourless, so that it can be pasted. */
export function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const table = new Table({
		head: [...head],
		colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
		style: { head: [], border: [], compact: true },
	});
	table.push(...rows.map((row) => [...row]));
	return table.toString();
}
