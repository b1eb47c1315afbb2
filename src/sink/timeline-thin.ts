import { Aggregates } from "../aggregate/aggregates.js";
import { readTimelineLine, type TimelineLine } from "./timeline.js";

/** Lines that are older than this are merged to one in so long a time. */
export interface ThinningTier {
	readonly olderThanMs: number;
	readonly stepMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** So that two days leave some 8,500 lines and each further one 144. */
export const thinningTiers: readonly ThinningTier[] = [
	{ olderThanMs: hourMs, stepMs: 10_000 },
	{ olderThanMs: 8 * hourMs, stepMs: minuteMs },
	{ olderThanMs: 48 * hourMs, stepMs: 10 * minuteMs },
];

/**
 * Thins the lines of timeline.jsonl by age, one after another. Windows are merged, histograms and sums exactly, so
 * that the lines still add up to the whole run; what cannot be read is kept as it is.
 */
export class TimelineThinner {
	readonly #nowMs: number;
	readonly #tiers: readonly ThinningTier[];
	#group: { readonly key: string; readonly raws: string[] } | undefined;

	/** @param nowMs how far the run has come: ages count from there */
	constructor(nowMs: number, tiers: readonly ThinningTier[] = thinningTiers) {
		this.#nowMs = nowMs;
		this.#tiers = tiers;
	}

	/** @returns the lines that are complete by this one, without newlines */
	add(raw: string): string[] {
		const key = this.#groupOf(raw);
		if (key !== undefined && key === this.#group?.key) {
			this.#group.raws.push(raw);
			return [];
		}
		const done = this.end();
		if (key === undefined) return [...done, raw];
		this.#group = { key, raws: [raw] };
		return done;
	}

	/** @returns what was still held back */
	end(): string[] {
		const raws = this.#group?.raws ?? [];
		this.#group = undefined;
		return raws.length > 1 ? mergedLine(raws) : raws;
	}

	/**
	 * The step of time that a line belongs to, read without decoding it: most are merged already. Undefined: to be
	 * kept. A step is touched only once all of it is old enough, or it would be merged anew each time.
	 */
	#groupOf(raw: string): string | undefined {
		const elapsedMs = Number(/^\{"atMs":[\d.]+,"elapsedMs":([\d.]+),/.exec(raw)?.[1]);
		const stepOf = (stepMs: number) => Math.floor(elapsedMs / stepMs);
		const tier = this.#tiers.findLast(
			({ olderThanMs, stepMs }) => (stepOf(stepMs) + 1) * stepMs <= this.#nowMs - olderThanMs,
		);
		return tier && `${tier.stepMs} ${stepOf(tier.stepMs)}`;
	}
}

/** One line for all; the lines themselves where one of them cannot be merged. */
function mergedLine(raws: readonly string[]): string[] {
	const lines = raws.flatMap((raw) => readTimelineLine(raw) ?? []);
	if (lines.length < raws.length) return [...raws];
	try {
		return [JSON.stringify(mergeLines(lines))];
	} catch {
		return [...raws];
	}
}

/**
 * Lines that follow each other as one: the last one's time, the moment when most participants were missing, so that a
 * short dip stays visible, and of each worker the mean CPU and the largest memory and lag.
 * @param lines at least one
 * @throws when a histogram cannot be read
 */
export function mergeLines(lines: readonly TimelineLine[]): TimelineLine {
	const last = lines.at(-1);
	if (!last) throw new RangeError("no lines to merge");
	const window = new Aggregates();
	for (const line of lines) window.merge(line.window);
	const worst = lines.reduce((a, b) => (b.target - b.alive >= a.target - a.alive ? b : a));
	const { atMs, elapsedMs, workers: _, ...rest } = last;
	const memory = lines.findLast((line) => line.memory)?.memory;
	return {
		...{ atMs, elapsedMs },
		...rest,
		...{ target: worst.target, alive: worst.alive, joining: worst.joining },
		window: window.snapshot(),
		...(memory && { memory }),
		workers: mergeWorkers(lines),
	};
}

/** By process: one that was replaced keeps its own figures. */
function mergeWorkers(lines: readonly TimelineLine[]): TimelineLine["workers"] {
	const all = new Map<string, TimelineLine["workers"]>();
	for (const worker of lines.flatMap(({ workers }) => workers)) {
		// Two machines may give the same pid.
		const key = `${worker.pid} ${worker.agent ?? ""}`;
		all.set(key, [...(all.get(key) ?? []), worker]);
	}
	return [...all.values()].flatMap((same) => {
		const last = same.at(-1);
		if (!last) return [];
		const most = (of: (worker: TimelineLine["workers"][number]) => number) =>
			Math.max(...same.map(of));
		return {
			...last,
			// Over the whole step, so that CPU time (share times length) stays what it was.
			cpu: same.reduce((sum, { cpu }) => sum + cpu, 0) / lines.length,
			rssBytes: most(({ rssBytes }) => rssBytes),
			lagP99Ms: most(({ lagP99Ms }) => lagP99Ms),
		};
	});
}
