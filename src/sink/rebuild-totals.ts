import { join } from "node:path";
import type { Aggregates } from "../aggregate/aggregates.js";
import { UserError } from "../error/user-error.js";
import { readLines } from "./read-lines.js";
import { readTimelineLine, TimelineSum } from "./timeline.js";

/** What a result folder still says about a run that could not write its summary. */
export interface RebuiltTotals {
	readonly totals: Aggregates;
	/** Seconds of the run that were read, and lines that could not be. */
	readonly lines: number;
	readonly damaged: number;
	/** How far the run had come by its last whole line; 0 when there is none. */
	readonly elapsedMs: number;
}

/**
 * Adds up the seconds of timeline.jsonl: equal to the totals the run had at its last whole line.
 * @throws UserError when the folder has no readable timeline.jsonl.
 */
export async function rebuildTotals(folder: string): Promise<RebuiltTotals> {
	const path = join(folder, "timeline.jsonl");
	const sum = new TimelineSum();
	let read = 0;
	let damaged = 0;
	let elapsedMs = 0;
	try {
		for await (const raws of readLines(path)) {
			for (const raw of raws) {
				const line = raw === undefined ? undefined : readTimelineLine(raw);
				if (line) {
					sum.add(line);
					read += 1;
					elapsedMs = line.elapsedMs;
				} else damaged += 1;
			}
		}
	} catch (cause) {
		throw new UserError({
			message: `Cannot read ${path}.`,
			hint: "Name a result folder of livesoak: it holds run.json, events.jsonl and timeline.jsonl.",
			cause,
		});
	}
	const merged = sum.end();
	return {
		totals: merged.totals,
		lines: read - merged.damaged,
		damaged: damaged + merged.damaged,
		elapsedMs,
	};
}
