import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../src/scenario/duration-text.js";

test.each([
	["500ms", 500],
	["10s", 10_000],
	["1.5s", 1500],
	["5m", 300_000],
	["8h", 28_800_000],
	["1h30m", 5_400_000],
	["1h2m3s4ms", 3_723_004],
	["0s", 0],
	["0.1h", 360_000],
])("%s is %d ms", (text, ms) => {
	expect(parseDuration(text)).toBe(ms);
});

test.each(["", "s", "10", "-1s", "1s1m", "10 s", "1e3s", "1.s", ".5s", "0.5ms", "1d", "1S"])(
	"%j is no duration",
	(text) => {
		expect(parseDuration(text)).toBeUndefined();
	},
);

test("what is written is read back", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 10_000 * 3_600_000 }), (ms) => {
			expect(parseDuration(formatDuration(ms))).toBe(ms);
		}),
	);
});
