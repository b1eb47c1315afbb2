import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { readTimeline, type TimelineLine } from "../../src/sink/timeline.js";
import type { Summary } from "../../src/verdict/summary.js";

/** A line of events.jsonl; which fields there are depends on its kind. */
export interface EventLine {
	readonly kind: string;
	readonly atMs: number;
	readonly [field: string]: unknown;
}

/** The one result folder below `--out`. */
export async function resultFolder(out: string): Promise<string> {
	const [name = "", ...others] = await readdir(out);
	if (name === "" || others.length > 0) throw new Error(`not one result folder in ${out}`);
	return join(out, name);
}

export async function readSummary(out: string): Promise<Summary> {
	return JSON.parse(await readFile(join(await resultFolder(out), "summary.json"), "utf8"));
}

/** Whole lines only: the file may be read while it is written. */
export async function readEvents(out: string): Promise<EventLine[]> {
	const text = await readFile(join(await resultFolder(out), "events.jsonl"), "utf8");
	const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
	return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

export async function readSeconds(out: string): Promise<readonly TimelineLine[]> {
	return readTimeline(await readFile(join(await resultFolder(out), "timeline.jsonl"), "utf8"))
		.lines;
}

/** docs/verdict.md: no life is lost in the counts. */
export function expectConserved({ participants, invalidities }: Summary): void {
	const { planned, takenOver, joined, failed, lost, left, unfinished, notStarted } = participants;
	expect(planned + takenOver).toBe(joined + failed + notStarted);
	expect(joined).toBe(lost + left + unfinished);
	expect(invalidities.map(({ rule }) => rule)).not.toContain("accounting");
}

/** Fails where a token, or one of the secrets, is in the text. */
export function expectNoSecret(text: string, secrets: readonly string[]): void {
	expect(text).not.toMatch(/eyJ[\w-]+\./);
	for (const secret of secrets) expect(text).not.toContain(secret);
}
