import { readFile } from "node:fs/promises";
import { Aggregates } from "../../src/aggregate/aggregates.js";
import type { AggregatesSnapshot } from "../../src/aggregate/snapshot.js";

/** What one agent with 500 participants measures in a second, as real workers did. */
export interface RecordedSecond {
	/** Where it is from. */
	readonly of: string;
	/** While people join: most of the distributions have readings. */
	readonly joining: AggregatesSnapshot;
	/** All have joined. */
	readonly steady: AggregatesSnapshot;
}

/** Reads the recording, histograms as on the disk. */
export async function readSecond(): Promise<RecordedSecond> {
	const file = new URL("second-of-500.json", import.meta.url);
	return JSON.parse(await readFile(file, "utf8"));
}

/** The form in which it goes over Redis. */
export function onTheWire(snapshot: AggregatesSnapshot): AggregatesSnapshot {
	return Aggregates.of(snapshot).snapshot("wire");
}
