import fc from "fast-check";
import { expect, test } from "vitest";
import { faultMoments, momentCount } from "../../../src/fault/moments.js";
import type { Fault } from "../../../src/scenario/fault.js";

const durationMs = 100_000;

const anyFault: fc.Arbitrary<Fault> = fc.record({
	when: fc.oneof(
		fc.record({ kind: fc.constant("at" as const), atMs: fc.nat(durationMs) }),
		fc.record({
			kind: fc.constant("every" as const),
			everyMs: fc.integer({ min: 1000, max: 120_000 }),
		}),
	),
	effect: fc.oneof(
		fc.constant({ do: "kill-worker" as const }),
		fc.record({
			do: fc.constant("partition" as const),
			forMs: fc.integer({ min: 1, max: 60_000 }),
		}),
	),
	withinMs: fc.constant(30_000),
});

test("moments are in order, numbered, and as many as were counted without them", () => {
	fc.assert(
		fc.property(fc.array(anyFault, { maxLength: 6 }), (faults) => {
			const moments = faultMoments(faults, durationMs);
			expect(moments.map(({ number }) => number)).toEqual(moments.map((_, index) => index));
			for (const [index, { atMs }] of moments.entries())
				expect(atMs).toBeGreaterThanOrEqual(moments[index - 1]?.atMs ?? 0);
			for (const fault of new Set(faults)) {
				const own = moments.filter((moment) => moment.fault === fault);
				expect(own).toHaveLength(momentCount(fault, durationMs));
			}
		}),
	);
});

test("what comes again and again begins after the first interval and is over before the run is", () => {
	fc.assert(
		fc.property(anyFault, (fault) => {
			const { when, effect } = fault;
			fc.pre(when.kind === "every");
			const lastsMs = "forMs" in effect ? effect.forMs : 0;
			const times = faultMoments([fault], durationMs).map(({ atMs }) => atMs);
			const everyMs = when.kind === "every" ? when.everyMs : 0;
			expect(times).toEqual(times.map((_, n) => (n + 1) * everyMs));
			for (const atMs of times) expect(atMs + lastsMs).toBeLessThan(durationMs);
			// One more would not be over in time.
			expect((times.length + 1) * everyMs + lastsMs).toBeGreaterThanOrEqual(durationMs);
		}),
	);
});
