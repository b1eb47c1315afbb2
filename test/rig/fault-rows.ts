import { afterAll } from "vitest";
import { tableOf } from "./markdown-table.js";

/** One fault of a fleet, as it was met. Times in milliseconds. */
export interface FaultRow {
	readonly fault: string;
	readonly lost: string;
	/** From the fault on; undefined: nobody needs to. */
	readonly noticedMs?: number | undefined;
	/** Until all was well again, and from when on. */
	readonly back: string;
}

/** Collects what the tests of this file met, and prints it as the table of docs/fleet.md. */
export function withFaultTable(): (row: FaultRow) => void {
	const rows: FaultRow[] = [];
	afterAll(() => {
		if (rows.length === 0) return;
		const cells = rows.map(({ fault, lost, noticedMs, back }) => [
			...[fault, lost, noticedMs === undefined ? "" : seconds(noticedMs), back],
		]);
		const table = tableOf("fault, what was lost, noticed after, until back", cells);
		process.stdout.write(`\n${table.join("\n")}\n\n`);
	});
	return (row) => rows.push(row);
}

export function seconds(milliseconds: number): string {
	return `${(milliseconds / 1_000).toFixed(1)} s`;
}
