import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { defaultTokenBody, fillTokenBody, parseTokenBody } from "../../../src/token/token-body.js";

const request = { identity: "p-7", room: "r-2", canPublish: true, canSubscribe: true, index: 7 };

test("the default body is the one of a usual session service", () => {
	expect(JSON.parse(fillTokenBody(defaultTokenBody, request))).toEqual({
		user_id: "p-7",
		scenario_id: "r-2",
		language: "en",
	});
});

test("placeholders are filled wherever a text stands, other values stay", () => {
	const body = parseTokenBody(
		'{"who":{"id":"u-{identity}","seats":["{index}","{room}/{room}"]},"n":3,"on":true,"off":null}',
	);
	expect(JSON.parse(fillTokenBody(body, request))).toEqual({
		who: { id: "u-p-7", seats: ["7", "r-2/r-2"] },
		n: 3,
		on: true,
		off: null,
	});
});

test("whatever the identity is, the body stays JSON and holds it", () => {
	fc.assert(
		fc.property(fc.string(), (identity) => {
			const filled = fillTokenBody({ id: "{identity}" }, { ...request, identity });
			expect(JSON.parse(filled)).toEqual({ id: identity });
		}),
	);
});

describe("bad input", () => {
	test.each([
		["{user: 1}", "--token-body is not JSON: "],
		["", "--token-body is not JSON: "],
		["[1]", "--token-body is not a JSON object."],
		['"text"', "--token-body is not a JSON object."],
		["null", "--token-body is not a JSON object."],
		['{"a":"{user}"}', "--token-body has the unknown placeholder {user}."],
		['{"a":["{canPublish}"]}', "--token-body has the unknown placeholder {canPublish}."],
	])("%s", (text, message) => {
		expect(() => parseTokenBody(text)).toThrow(UserError);
		expect(() => parseTokenBody(text)).toThrow(message);
	});
});
