import fc from "fast-check";
import { expect, test } from "vitest";
import { TimelineSteps } from "../../../src/report/timeline-steps.js";
import type { TimelineLine } from "../../../src/sink/timeline.js";
import { aggregatesOf, secondOfMedia } from "../sink/fabricated-run.js";
import { joins } from "./result-files.js";

function line(second: number, changes: Partial<TimelineLine> = {}): TimelineLine {
	return {
		...{ atMs: second * 1_000, elapsedMs: second * 1_000, target: 5, alive: 5, joining: 0 },
		window: { counters: {}, distributions: {} },
		workers: [],
		...changes,
	};
}

function seriesOf(lines: readonly TimelineLine[], linesPerStep: number) {
	const steps = new TimelineSteps(linesPerStep);
	for (const one of lines) steps.add(one);
	return steps.end();
}

const windows = fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { minLength: 1, maxLength: 12 });

test("merged or not, steps hold every join, and arrays are of one length", () => {
	fc.assert(
		fc.property(
			fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }),
			fc.integer({ min: 1, max: 9 }),
			(counts, per) => {
				const lines = counts.map((n, index) =>
					line(index + 1, {
						window: aggregatesOf(Array.from({ length: n }, () => joins(50)).flat()).snapshot(),
					}),
				);
				const { stepMs, elapsedMs, ...columns } = seriesOf(lines, per);
				for (const values of Object.values(columns)) expect(values).toHaveLength(elapsedMs.length);
				expect(elapsedMs).toHaveLength(Math.ceil(counts.length / per));
				expect(stepMs).toBe(per * 1_000);
				const spans = elapsedMs.map((end, index) => (end - (elapsedMs[index - 1] ?? 0)) / 1_000);
				const joined = columns.joined.reduce(
					(sum: number, rate, index) => sum + (rate ?? 0) * (spans[index] ?? 0),
					0,
				);
				expect(joined).toBeCloseTo(
					counts.reduce((sum, n) => sum + n, 0),
					6,
				);
			},
		),
		{ numRuns: 40 },
	);
});

test("one step of all lines says what the whole run says", () => {
	fc.assert(
		fc.property(windows, (parts) => {
			const lines = parts.map((part, index) =>
				line(index + 1, { window: aggregatesOf(part.map(secondOfMedia)).snapshot() }),
			);
			const series = seriesOf(lines, parts.length);
			const whole = aggregatesOf(parts.flat().map(secondOfMedia));
			expect(series.loss[0]).toBe(whole.distribution("rtp.loss")?.mean ?? null);
			expect(series.mos[0]).toBe(whole.distribution("audio.mos")?.mean ?? null);
			expect(series.silence[0]).toBe(whole.distribution("audio.silence")?.mean ?? null);
			expect(series.jitterMs[0]).toBe(whole.distribution("rtp.jitter")?.percentile(95) ?? null);
			expect(series.rttMs[0]).toBe(whole.distribution("rtp.rtt")?.percentile(95) ?? null);
		}),
		{ numRuns: 30 },
	);
});

test("a short dip stays visible, with the target of the same moment; lag and memory are the largest", () => {
	const worker = { worker: 0, pid: 1, alive: 0, joining: 0, cpu: 0 };
	const series = seriesOf(
		[
			line(1, { target: 9, alive: 9, workers: [{ ...worker, rssBytes: 5e7, lagP99Ms: 80 }] }),
			line(2, { target: 8, alive: 2 }),
			line(3, {
				...{ target: 7, alive: 7 },
				workers: [
					{ ...worker, rssBytes: 4e7, lagP99Ms: 3 },
					{ ...worker, rssBytes: 4e7, lagP99Ms: 4 },
				],
			}),
		],
		3,
	);
	expect(series).toMatchObject({ target: [8], alive: [2], lagMs: [80], rssBytes: [8e7] });
});

test("after a damaged line, joins are those of the next line's own second", () => {
	const steps = new TimelineSteps(1);
	steps.add(line(1));
	steps.skip();
	steps.add(line(10, { window: aggregatesOf([...joins(1), ...joins(2)]).snapshot() }));
	expect(steps.end().joined).toEqual([0, 2]);
});
