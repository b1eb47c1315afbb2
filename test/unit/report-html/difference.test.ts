import { expect, test } from "vitest";
import { difference } from "../../../src/report/html/difference.js";

test.each([
	[412, 400, "ms", "+12ms (+3%)"],
	[380, 400, "ms", "−20ms (−5%)"],
	[400, 400, "ms", "same"],
	[5, 0, "count", "+5"],
	[0.005, 0.007, "ratio", "−0.20 points"],
	[0.00004, 0, "ratio", "+0.004 points"],
	[undefined, 3, "ms", "–"],
	[3, undefined, "ms", "–"],
] as const)("%s against %s %s is %s", (value, base, unit, text) => {
	expect(difference(value, base, unit)).toBe(text);
});
