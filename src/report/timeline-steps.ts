import { ticksPerUnit } from "../aggregate/catalogue.js";
import { Distribution } from "../aggregate/distribution.js";
import type { DistributionSnapshot } from "../aggregate/snapshot.js";
import type { TimelineLine } from "../sink/timeline.js";
import type { ReportSeries } from "./report.js";

type Column = Exclude<keyof ReportSeries, "stepMs" | "elapsedMs">;
type Row = Record<Column, number | null>;
type Rows = Record<Column, (number | null)[]>;

/** A line of the timeline is about a second. */
const lineMs = 1_000;

const joined = "participants{event=joined,";
const failed = "participants{event=failed,";

/**
 * The time lines of a report, from the timeline's lines in order. Of a step:
 * - target and alive: those of the line on which most participants were missing, so that a short dip stays visible
 * - joins and failures a second, over the time since the step before
 * - ratios and means from exact sums, percentiles from merged histograms
 * - lag and memory: the largest
 */
export class TimelineSteps {
	readonly #linesPerStep: number;
	readonly #elapsedMs: number[] = [];
	readonly #rows: Rows = {
		...{ target: [], alive: [], joined: [], failed: [], loss: [], jitterMs: [], rttMs: [] },
		...{ mos: [], silence: [], lagMs: [], rssBytes: [] },
	};
	#open: TimelineLine[] = [];
	#spanMs = 0;
	#beforeMs: number | undefined = 0;
	#damaged = 0;

	constructor(linesPerStep: number) {
		this.#linesPerStep = Math.max(1, Math.ceil(linesPerStep));
	}

	/** Histograms that could not be read: their figure is left out, the rest of the line counts. */
	get damaged(): number {
		return this.#damaged;
	}

	add(line: TimelineLine): void {
		const { elapsedMs } = line;
		const spanMs = this.#beforeMs === undefined ? lineMs : elapsedMs - this.#beforeMs;
		this.#spanMs += spanMs > 0 ? spanMs : lineMs;
		this.#beforeMs = elapsedMs;
		this.#open.push(line);
		if (this.#open.length >= this.#linesPerStep) this.#close();
	}

	/** A line is missing here: what the next one counts is of its own second alone. */
	skip(): void {
		this.#beforeMs = undefined;
	}

	end(): ReportSeries {
		this.#close();
		return {
			stepMs: this.#linesPerStep * lineMs,
			elapsedMs: this.#elapsedMs,
			...this.#rows,
		};
	}

	#close(): void {
		const lines = this.#open;
		const last = lines.at(-1);
		if (!last) return;
		const row = this.#row(lines);
		this.#elapsedMs.push(Math.round(last.elapsedMs));
		for (const [name, values] of Object.entries(this.#rows)) values.push(row[name as Column]);
		this.#open = [];
		this.#spanMs = 0;
	}

	#row(lines: readonly TimelineLine[]): Row {
		const worst = lines.reduce((a, b) => (b.target - b.alive >= a.target - a.alive ? b : a));
		const workers = lines.flatMap((line) => line.workers);
		return {
			...{ target: worst.target, alive: worst.alive },
			joined: perSecond(lines, joined, this.#spanMs),
			failed: perSecond(lines, failed, this.#spanMs),
			loss: ratio(lines, "rtp.loss"),
			jitterMs: this.#p95(lines, "rtp.jitter"),
			rttMs: this.#p95(lines, "rtp.rtt"),
			mos: mean(lines, "audio.mos"),
			silence: ratio(lines, "audio.silence"),
			lagMs: largest(workers.map((worker) => worker.lagP99Ms)),
			// A worker that has not reported yet says 0.
			rssBytes: largest(lines.map(rssOf).filter((bytes) => bytes > 0)),
		};
	}

	#p95(lines: readonly TimelineLine[], name: "rtp.jitter" | "rtp.rtt"): number | null {
		const all = new Distribution(name);
		for (const part of partsOf(lines, name)) {
			try {
				all.merge(part);
			} catch {
				this.#damaged += 1;
			}
		}
		return all.count > 0 ? all.percentile(95) : null;
	}
}

function rssOf({ workers }: TimelineLine): number {
	return workers.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
}

function partsOf(lines: readonly TimelineLine[], name: string): DistributionSnapshot[] {
	return lines.flatMap(({ window }) => window.distributions[name] ?? []);
}

function perSecond(lines: readonly TimelineLine[], prefix: string, spanMs: number): number | null {
	let count = 0;
	for (const { window } of lines) {
		for (const [key, n] of Object.entries(window.counters)) if (key.startsWith(prefix)) count += n;
	}
	return spanMs > 0 ? (count * 1_000) / spanMs : null;
}

/** A packet that came late lowers the loss again, in a step of its own perhaps below nothing. */
function ratio(lines: readonly TimelineLine[], name: "rtp.loss" | "audio.silence"): number | null {
	const { numerator, denominator } = sums(lines, name);
	return denominator > 0 ? Math.max(0, numerator / denominator) : null;
}

function mean(lines: readonly TimelineLine[], name: "audio.mos"): number | null {
	const { numerator, denominator } = sums(lines, name);
	return denominator > 0 ? numerator / ticksPerUnit.mos / denominator : null;
}

function sums(lines: readonly TimelineLine[], name: string) {
	const sum = { numerator: 0, denominator: 0 };
	for (const part of partsOf(lines, name)) {
		sum.numerator += part.numerator;
		sum.denominator += part.denominator;
	}
	return sum;
}

function largest(values: readonly number[]): number | null {
	return values.length > 0 ? Math.max(...values) : null;
}
