import * as z from "zod";
import { Aggregates } from "../aggregate/aggregates.js";

const count = z.number();

const timelineLineSchema = z.object({
	/** Epoch milliseconds, and milliseconds since the start of the run. */
	atMs: z.number(),
	elapsedMs: z.number(),
	target: count,
	alive: count,
	joining: count,
	/** What was measured since the line before: all windows merged are the whole run. */
	window: z.object({
		counters: z.record(z.string(), z.number()),
		distributions: z.record(
			z.string(),
			z.object({
				hdr: z.string(),
				numerator: z.number(),
				denominator: z.number(),
				min: z.number(),
				max: z.number(),
			}),
		),
	}),
	/** The tester since the start of the run; absent in older folders. */
	tester: z
		.object({ takenOver: count, workersDied: count, cpuSeconds: count, maxRssBytes: count })
		.exactOptional(),
	/** Resident bytes of the parent and the servers; on a line every few seconds of a long run. */
	memory: z
		.object({
			testerBytes: count.exactOptional(),
			serverBytes: count.exactOptional(),
			serverLife: count.exactOptional(),
			turnBytes: count.exactOptional(),
			turnLife: count.exactOptional(),
		})
		.exactOptional(),
	/** The highest message of each agent, by its id, that is in the windows up to here; only over many machines. */
	heard: z.record(z.string(), z.number()).exactOptional(),
	workers: z.array(
		z.object({
			/** The agent's name; absent: of the machine that the run was started on. */
			agent: z.string().exactOptional(),
			worker: z.number(),
			pid: z.number(),
			alive: count,
			joining: count,
			cpu: z.number(),
			rssBytes: z.number(),
			lagP99Ms: z.number(),
		}),
	),
});

/** One line of timeline.jsonl: about a second of a run. */
export type TimelineLine = z.infer<typeof timelineLineSchema>;

export interface Timeline {
	readonly lines: readonly TimelineLine[];
	/** Lines that are not what this version writes: the torn last one after a crash, a damaged disk. */
	readonly damaged: number;
}

/**
 * Reads timeline.jsonl, also one that ends in the middle of a line: each whole line counts, whatever
 * stands before or after it. Never throws.
 */
export function readTimeline(text: string): Timeline {
	const lines: TimelineLine[] = [];
	let damaged = 0;
	for (const raw of text.split("\n")) {
		if (raw === "") continue;
		const line = readTimelineLine(raw);
		if (line) lines.push(line);
		else damaged += 1;
	}
	return { lines, damaged };
}

/** Lines merged in one go: a day of a soak has 86,400, and telling good from bad one by one is dear. */
const batchSize = 100;

/** The totals of a run from its lines, and how many of those could not be merged. */
export function mergeTimeline(lines: readonly TimelineLine[]): {
	readonly totals: Aggregates;
	readonly damaged: number;
} {
	const sum = new TimelineSum();
	for (const line of lines) sum.add(line);
	return sum.end();
}

/** As {@link mergeTimeline}, for lines that come one after another and are not kept. */
export class TimelineSum {
	readonly #totals = new Aggregates();
	#batch: TimelineLine[] = [];
	#damaged = 0;

	add(line: TimelineLine): void {
		this.#batch.push(line);
		if (this.#batch.length >= batchSize) this.#merge();
	}

	/** What was added so far. */
	end(): { readonly totals: Aggregates; readonly damaged: number } {
		this.#merge();
		return { totals: this.#totals, damaged: this.#damaged };
	}

	#merge(): void {
		const batch = this.#batch;
		this.#batch = [];
		let sum = merged(batch);
		if (!sum) {
			const sound = batch.filter((line) => merged([line]));
			this.#damaged += batch.length - sound.length;
			sum = merged(sound);
		}
		if (sum) this.#totals.merge(sum);
	}
}

/**
 * The sum of some lines, undefined when one of them does not decode. Merged apart from the totals, because
 * a merge that fails half way has changed what it was merged into.
 */
function merged(lines: readonly TimelineLine[]): Aggregates | undefined {
	const sum = new Aggregates();
	try {
		for (const { window } of lines) sum.merge(window);
	} catch {
		return undefined;
	}
	return sum;
}

/** One line; undefined where it is not what this version writes. Never throws. */
export function readTimelineLine(raw: string): TimelineLine | undefined {
	try {
		return timelineLineSchema.safeParse(JSON.parse(raw)).data;
	} catch {
		return undefined;
	}
}
