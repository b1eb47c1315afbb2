import { expect, test } from "vitest";
import { type LevelSecond, levelOf, worseThan } from "../../../src/fault/level.js";

const quiet: LevelSecond = { missing: 0, lost: 0, received: 400, jitterMs: 1 };

function worse(before: readonly LevelSecond[], after: readonly LevelSecond[]): string[] {
	const level = levelOf(after);
	if (!level) throw new Error("no seconds after");
	return worseThan(levelOf(before), level);
}

test("all as before", () => {
	expect(worse([quiet, quiet], [quiet])).toEqual([]);
});

test.each([
	[{ missing: 2 }, "2 participants fewer than before"],
	[{ lost: 4 }, "loss 0.99 %, before 0.00 %"],
	[{ jitterMs: 6.5 }, "jitter 6.5 ms, before 1.0 ms"],
	[{ received: 0 }, "no packets, as there were before"],
])("%o", (change, text) => {
	expect(worse([quiet], [{ ...quiet, ...change }])).toEqual([text]);
});

test.each([{ lost: 2 }, { jitterMs: 5.5 }])("%o is noise", (change) => {
	expect(worse([quiet], [{ ...quiet, ...change }])).toEqual([]);
});

test("jitter that was high may be as high again", () => {
	const high = { ...quiet, jitterMs: 20 };
	expect(worse([high], [{ ...quiet, jitterMs: 39 }])).toEqual([]);
});

test("who is missing for a moment, in churn, is no fault", () => {
	expect(worse([quiet, { ...quiet, missing: 1 }], [{ ...quiet, missing: 1 }])).toEqual([]);
	expect(worse([quiet], [{ ...quiet, missing: 1 }, quiet])).toEqual([]);
});

test("without a second before the fault, only those who are missing count", () => {
	const after = { missing: 1, lost: 100, received: 100, jitterMs: 500 };
	expect(worse([], [after])).toEqual(["1 participants fewer than before"]);
});

test("no seconds are no level", () => {
	expect(levelOf([])).toBeUndefined();
});
