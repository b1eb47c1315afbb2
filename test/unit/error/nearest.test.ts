import fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, nearest } from "../../../src/error/nearest.js";

const known = ["participants", "rooms", "load", "ice", "thresholds"];

test.each([
	["particpants", "participants"],
	["ROOMS", "rooms"],
	["raoms", "rooms"],
	["laod", "load"],
	["icee", "ice"],
	["treshold", "thresholds"],
	["zebra", undefined],
	["xyz", undefined],
	["", undefined],
])("%j was most likely %j", (word, meant) => {
	expect(nearest(word, known)).toBe(meant);
	expect(didYouMean(word, known)).toBe(meant === undefined ? "" : ` — did you mean "${meant}"?`);
});

test("a known word is itself, and without known words nothing is near", () => {
	for (const word of known) expect(nearest(word, known)).toBe(word);
	expect(nearest("rooms", [])).toBeUndefined();
});

test("whatever is meant is one of the known words", () => {
	fc.assert(
		fc.property(fc.string(), (word) => {
			expect([undefined, ...known]).toContain(nearest(word, known));
		}),
	);
});
