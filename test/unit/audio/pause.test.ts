import fc from "fast-check";
import { expect, test } from "vitest";
import { longestPauseMs } from "../../../src/audio/pause.js";

const block = 480;

/** Material of 10 ms blocks, loud or quiet. */
function material(loud: readonly boolean[]): Int16Array {
	return Int16Array.from({ length: loud.length * block }, (_, n) =>
		loud[Math.floor(n / block)] ? 5_000 * (n % 2 ? 1 : -1) : n % 3,
	);
}

test("the longest pause is found, over the seam too", () => {
	expect(longestPauseMs(material([true, false, false, true, false]), 48_000)).toBe(20);
	expect(longestPauseMs(material([false, false, true, false]), 48_000)).toBe(30);
	expect(longestPauseMs(material([true]), 48_000)).toBe(0);
});

test("silence is an endless pause", () => {
	expect(longestPauseMs(new Int16Array(4_800), 48_000)).toBe(Number.POSITIVE_INFINITY);
});

test("where the loop begins makes no difference", () => {
	fc.assert(
		fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), fc.nat(29), (loud, by) => {
			const turned = loud.map((_, n) => loud[(n + by) % loud.length] ?? false);
			expect(longestPauseMs(material(turned), 48_000)).toBe(longestPauseMs(material(loud), 48_000));
		}),
	);
});
