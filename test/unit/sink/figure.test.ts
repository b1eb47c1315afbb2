import { expect, test } from "vitest";
import { clockTime, figure } from "../../../src/sink/figure.js";

test.each([
	[412.4, "ms", "412ms"],
	[3.25, "ms", "3.3ms"],
	[4, "ms", "4ms"],
	[12_340, "ms", "12.3s"],
	[600_000, "ms", "10.0min"],
	[0, "ratio", "0.00%"],
	[0.0205, "ratio", "2.05%"],
	[0.000_012, "ratio", "0.001%"],
	[4.376, "mos", "4.38"],
	[1_234_567, "packets", "1,234,567"],
	[undefined, "ms", "–"],
])("%s %s is shown as %s", (value, unit, expected) => {
	expect(figure(value, unit)).toBe(expected);
});

test.each([
	[0, "00:00"],
	[15_999, "00:15"],
	[3_600_000, "1:00:00"],
	[90_061_000, "25:01:01"],
])("%d ms is shown as %s", (elapsedMs, expected) => {
	expect(clockTime(elapsedMs)).toBe(expected);
});
