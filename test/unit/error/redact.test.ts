import fc from "fast-check";
import { expect, test } from "vitest";
import { redactedJson, redactor } from "../../../src/error/redact.js";

const jwt =
	"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJkZXZrZXkiLCJzdWIiOiJhIn0.4Adcj3UFYzPUVaVF43FmMab6RlaQD8A9V8wFzzht-KQ";

test.each([
	[`bad token ${jwt}`, "bad token ***"],
	["wss://h/rtc?access_token=abc.def&sdk=js", "wss://h/rtc?access_token=***&sdk=js"],
	["ws://user:pass@host:7880/rtc", "ws://***@host:7880/rtc"],
	["Authorization: Bearer abcdefghij", "Authorization: Bearer ***"],
	["connect ECONNREFUSED 127.0.0.1:7880", "connect ECONNREFUSED 127.0.0.1:7880"],
])("%s is shown as %s", (given, expected) => {
	expect(redactor([])(given)).toBe(expected);
});

test("a known secret is found in every string of a value, also one that holds another", () => {
	const secret = fc.string({ minLength: 8 });
	fc.assert(
		fc.property(secret, secret, fc.string(), fc.string(), (one, two, before, after) => {
			const value = { detail: before + one + after, list: [two + one] };
			const clean: unknown = JSON.parse(redactedJson(value, redactor([one, two])));
			const text = JSON.stringify(clean, (_key, part: unknown) => part);
			// The mask itself may be part of an unlucky secret.
			fc.pre(!"***".includes(one) && !one.includes("*") && !two.includes("*"));
			expect(text).not.toContain(JSON.stringify(one).slice(1, -1));
			expect(text).not.toContain(JSON.stringify(two).slice(1, -1));
		}),
	);
});

test("a short word is no secret: the text stays readable", () => {
	expect(redactor(["secret"])("wrong API secret")).toBe("wrong API secret");
});
