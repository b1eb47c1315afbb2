import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DelayLine } from "../../../src/impair/delay-line.js";

const steps = fc.array(
	fc.oneof(
		fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
		fc.record({ takeUntil: fc.integer({ min: 0, max: 60 }) }),
	),
	{ maxLength: 300 },
);

describe("a delay line", () => {
	it("gives what is due, earliest first, those of one time in order of coming: as a sorted list would", () => {
		fc.assert(
			fc.property(steps, fc.integer({ min: 1, max: 100 }), (all, capacity) => {
				const line = new DelayLine<number>(capacity);
				let model: { dueMs: number; item: number }[] = [];
				all.forEach((step, item) => {
					if ("add" in step) {
						const fits = model.length < capacity;
						expect(line.add(step.add, item)).toBe(fits);
						if (fits) model.push({ dueMs: step.add, item });
						model.sort((a, b) => a.dueMs - b.dueMs || a.item - b.item);
					} else {
						const due = model.filter(({ dueMs }) => dueMs <= step.takeUntil);
						model = model.filter(({ dueMs }) => dueMs > step.takeUntil);
						for (const each of due) expect(line.take(step.takeUntil)).toEqual(each);
						expect(line.take(step.takeUntil)).toBeUndefined();
					}
					expect(line.size).toBe(model.length);
					expect(line.nextDueMs).toBe(model[0]?.dueMs);
				});
			}),
		);
	});
});
