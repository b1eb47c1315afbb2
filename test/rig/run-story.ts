import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CliEnd } from "./cli.js";

const mostLines = 30;
const told = /"kind":"(worker-died|agent-lost|life-failed|life-lost|stop-asked)"/;

/**
 * What a run said of itself, for a test that failed: how it ended, its last words, and from its
 * result folder who failed and which worker died.
 */
export async function storyOf({ code, signal, stdout, stderr, out }: CliEnd): Promise<string> {
	const events = await readFile(join(out, "events.jsonl"), "utf8").catch(() => "");
	const lines = [stdout, stderr].flatMap(lastLines);
	const died = lastLines(
		events
			.split("\n")
			.filter((line) => told.test(line))
			.join("\n"),
	);
	return [`a run ended with ${signal ?? `exit code ${code}`}:`, ...lines, ...died]
		.join("\n  | ")
		.concat("\n");
}

function lastLines(text: string): string[] {
	return text.trim().split("\n").slice(-mostLines);
}
