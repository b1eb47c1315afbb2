import fc from "fast-check";
import { expect, test } from "vitest";
import { connectBars } from "../../../src/report/connect-bars.js";
import { aggregatesOf, summaryOf } from "../sink/fabricated-run.js";
import { joins } from "./result-files.js";

test("bars touch one another, count every connect, and hold the fastest and the slowest", () => {
	const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 30 });
	fc.assert(
		fc.property(times, (connects) => {
			const bars = connectBars(summaryOf(aggregatesOf(connects.flatMap(joins))));
			expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(connects.length);
			for (const [index, bar] of bars.entries()) {
				expect(bar.toMs).toBeGreaterThan(bar.fromMs);
				if (index > 0) expect(bar.fromMs).toBe(bars[index - 1]?.toMs);
			}
			// To the 0.1 % of the histogram.
			expect(bars[0]?.fromMs).toBeLessThanOrEqual(Math.min(...connects));
			expect((bars.at(-1)?.toMs ?? 0) * 1.001).toBeGreaterThanOrEqual(Math.max(...connects));
			expect(bars[0]?.count).toBeGreaterThan(0);
			expect(bars.at(-1)?.count).toBeGreaterThan(0);
		}),
		{ numRuns: 40 },
	);
});

test("nobody had media: no bars", () => {
	expect(connectBars(summaryOf(aggregatesOf([])))).toEqual([]);
});
