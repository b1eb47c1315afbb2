import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lintToken } from "../../../src/doctor/token/lint.js";
import { makeToken, tokenCases } from "../../rig/token-case.js";

const key = { apiKey: "APIhealthykey1", apiSecret: "a-healthy-secret-of-thirty-two-letters" };
const nowMs = Date.UTC(2026, 10, 22, 14);
const time = { nowMs, offsetMs: 0 };

describe("a token of test/cases/doctor/token", () => {
	test.each(tokenCases)("%s", (_name, one) => {
		const { text, given } = makeToken(one, key, nowMs);
		const { findings } = lintToken({ token: text, time, key: given });
		expect(findings.map(({ id }) => id)).toEqual(one.expect);
	});

	test.each(tokenCases)("%s: neither token nor secret is told", (_name, one) => {
		const { text, given } = makeToken(one, key, nowMs);
		const { findings, lines } = lintToken({ token: text, time, key: given });
		const told = JSON.stringify({ findings, lines });
		// The pieces count too: whoever has the signature has the token.
		for (const piece of [key.apiSecret, ...text.split(".")])
			if (piece.length >= 8) expect(told).not.toContain(piece);
	});
});

describe("without what it would need", () => {
	test("no key: neither issuer nor signature is judged", () => {
		const one = { why: "", expect: [], sign: "another secret", claims: { iss: "somebody" } };
		const { findings, lines } = lintToken({ token: makeToken(one, key, nowMs).text, time });
		expect(findings).toEqual([]);
		expect(lines).toContain("signature not judged: no API key and secret are given");
	});

	test("the server's clock unknown: an expired token is only likely so", () => {
		const one = { why: "", expect: [], seconds: { exp: -7_200, nbf: -9_000 } };
		const token = makeToken(one, key, nowMs).text;
		const judge = (offsetMs: number | undefined) =>
			lintToken({ token, time: { nowMs, offsetMs } }).findings[0]?.confidence;
		expect(judge(undefined)).toBe("likely");
		expect(judge(0)).toBe("proven");
	});
});

test("the clocks are blamed where ours would let the token pass", () => {
	const token = makeToken({ why: "", expect: [], seconds: { nbf: 0 } }, key, nowMs).text;
	const offsetMs = -10 * 60_000;
	const [finding] = lintToken({ token, time: { nowMs: nowMs + offsetMs, offsetMs } }).findings;
	expect(finding).toMatchObject({ id: "token.not-yet-valid", confidence: "proven" });
	expect(finding?.fix).toContain("10 min behind this machine's");
});

test("the reason of a wrong signature is named where it can be told", () => {
	const title = (sign: string) => {
		const { text } = makeToken({ why: "", expect: [], sign }, key, nowMs);
		return lintToken({ token: text, time, key }).findings[0]?.title;
	};
	expect(title("{secret}\n")).toContain("a line break behind it");
	expect(title("base64:{secret}")).toContain("decodes to as base64");
	expect(title(key.apiKey)).toContain("the API key in place of the secret");
	expect(title("something else")).toContain("another secret than the one given");
});

test("whatever the text: it is judged, and never thrown at", () => {
	const json = fc.json().map((text) => Buffer.from(text).toString("base64url"));
	const part = fc.oneof(json, fc.base64String(), fc.string());
	const token = fc.oneof(
		fc.string(),
		fc.array(part, { maxLength: 5 }).map((all) => all.join(".")),
	);
	fc.assert(
		fc.property(token, (text) => {
			const { findings, token: read } = lintToken({ token: text, time, key });
			// None of these is signed with the key.
			expect(findings.length).toBeGreaterThan(0);
			if (read === undefined) expect(findings.at(-1)?.id).toMatch(/malformed|encrypted/);
		}),
	);
});

test("whatever JSON stands in its claims: it is judged, and never thrown at", () => {
	const names = fc.constantFrom("iss", "sub", "exp", "nbf", "iat", "video", "grants", "metadata");
	const fields = fc.constantFrom(
		"roomJoin",
		"room_join",
		"room",
		"canPublishSources",
		"canPublish",
	);
	const video = fc.dictionary(fields, fc.jsonValue());
	const claims = fc.dictionary(names, fc.oneof(fc.jsonValue(), video, fc.double()));
	fc.assert(
		fc.property(claims, (all) => {
			const { text } = makeToken({ why: "", expect: [], claims: all }, key, nowMs);
			expect(() => lintToken({ token: text, time, key })).not.toThrow();
		}),
		// An object that cannot be made a text of.
		{ examples: [[{ exp: [{ toString: false }] }]] },
	);
});
