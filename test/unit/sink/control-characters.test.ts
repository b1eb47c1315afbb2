import fc from "fast-check";
import { expect, test } from "vitest";
import { stripControlCharacters } from "../../../src/sink/control-characters.js";

test.each([
	["\u001b[31mred\u001b[0m", "red"],
	["\u001b]0;title\u0007text", "text"],
	["\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link"],
	["one\r\ntwo\tthree", "one two three"],
	["\u009b2Jcleared", "cleared"],
	["abc\u202Etxt.exe", "abctxt.exe"],
	["naïve 日本 🎧", "naïve 日本 🎧"],
])("%j becomes %j", (given, expected) => {
	expect(stripControlCharacters(given)).toBe(expected);
});

test("whatever comes in, one line without controls goes out", () => {
	const nasty = fc.string({
		unit: fc.constantFrom(
			"\u001b",
			"[",
			"]",
			"3",
			"1",
			"m",
			";",
			"\u0007",
			"\n",
			"\u009b",
			"a",
			"\u202e",
		),
	});
	fc.assert(
		fc.property(nasty, (text) => {
			// biome-ignore lint/suspicious/noControlCharactersInRegex: the law is about them
			expect(stripControlCharacters(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
		}),
	);
});
