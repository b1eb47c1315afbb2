import { join } from "node:path";
import type { Aggregates } from "../aggregate/aggregates.js";
import { readLines } from "../sink/read-lines.js";
import { readTimelineLine, type TimelineLine, TimelineSum } from "../sink/timeline.js";
import type { ReportSeries } from "./report.js";
import { TimelineSteps } from "./timeline-steps.js";
import { unreadable } from "./unreadable.js";

/** More steps than this no screen shows. */
const mostSteps = 1_500;

/** What a report takes from timeline.jsonl. */
export interface ReadTimeline {
	readonly series: ReportSeries;
	readonly lines: number;
	/** Epoch milliseconds of the start of the run; undefined without a line. */
	readonly startAtMs: number | undefined;
	/** How far the run had come by the last line. */
	readonly elapsedMs: number;
	/** The sum of all lines, where it was asked for. */
	readonly totals: Aggregates | undefined;
	/** CPU time of all workers, from their shares. */
	readonly cpuSeconds: number;
	readonly maxRssBytes: number;
	readonly workers: number;
	readonly missing: readonly string[];
}

/**
 * Reads timeline.jsonl line by line: neither its size nor damage to it matters. Never rejects.
 * @param options.totals adds the lines up as well, which takes some times longer
 */
export async function readTimelineFile(
	folder: string,
	options: { readonly totals: boolean },
): Promise<ReadTimeline> {
	const path = join(folder, "timeline.jsonl");
	const missing: string[] = [];
	let damaged = 0;
	let read = 0;
	let first: TimelineLine | undefined;
	let last: TimelineLine | undefined;
	let cpuSeconds = 0;
	let maxRssBytes = 0;
	const workers = new Set<string>();
	const sum = options.totals ? new TimelineSum() : undefined;
	let steps = new TimelineSteps(1);
	try {
		steps = new TimelineSteps((await countLines(path)) / mostSteps);
		for await (const raws of readLines(path)) for (const raw of raws) take(raw);
	} catch (error) {
		missing.push(unreadable("timeline.jsonl", error, "there are no time lines"));
	}
	const series = steps.end();
	const merged = sum?.end();
	const lost = damaged + (merged?.damaged ?? 0);
	if (lost > 0) missing.push(lostLines(lost, read + damaged));
	if (steps.damaged > 0) {
		missing.push(
			`timeline.jsonl: ${steps.damaged} histograms cannot be read; their seconds lack a figure.`,
		);
	}
	if (missing.length === 0 && read === 0) missing.push("timeline.jsonl is empty.");
	return {
		...{ series, lines: read, elapsedMs: last?.elapsedMs ?? 0 },
		startAtMs: first && first.atMs - first.elapsedMs,
		totals: merged?.totals,
		...{ cpuSeconds, maxRssBytes, workers: workers.size, missing },
	};

	function take(raw: string | undefined): void {
		const line = raw === undefined ? undefined : readTimelineLine(raw);
		if (!line) {
			damaged += 1;
			steps.skip();
			return;
		}
		const spanMs = line.elapsedMs - (last?.elapsedMs ?? 0);
		let rssBytes = 0;
		for (const worker of line.workers) {
			workers.add(`${worker.worker} ${worker.agent ?? ""}`);
			rssBytes += worker.rssBytes;
			cpuSeconds += (worker.cpu * Math.max(0, spanMs)) / 1_000;
		}
		maxRssBytes = Math.max(maxRssBytes, rssBytes);
		first ??= line;
		last = line;
		read += 1;
		steps.add(line);
		sum?.add(line);
	}
}

function lostLines(lost: number, all: number): string {
	const what = lost === 1 ? "1 line" : `${lost} lines`;
	return `timeline.jsonl: ${what} of ${all} cannot be read (cut off or damaged); the others count.`;
}

async function countLines(path: string): Promise<number> {
	let count = 0;
	for await (const lines of readLines(path)) count += lines.length;
	return count;
}
