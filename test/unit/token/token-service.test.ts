import { describe, expect, test } from "vitest";
import { JoinError } from "../../../src/engine/join-error.js";
import { UserError } from "../../../src/error/user-error.js";
import { serviceTokens, type TokenServiceOptions } from "../../../src/token/token-service.js";
import { type Answer, withHttpAnswer } from "./http-answer.js";

const request = { identity: "p-7", room: "r-2", canPublish: true, canSubscribe: true, index: 7 };

/** The failure of one exchange, and what the request is called in it. */
async function failureOf(answer: Answer, options: Partial<TokenServiceOptions> = {}) {
	return withHttpAnswer(answer, async (at) => {
		const source = serviceTokens({
			url: `http://me:hunter2@${at}/api/sessions?key=hunter2`,
			...options,
		});
		const error: unknown = await source.tokenFor(request).catch((caught: unknown) => caught);
		if (!(error instanceof JoinError)) throw new Error(`no JoinError: ${String(error)}`);
		expect(error).toMatchObject({ stage: "credentials", cause: "token-service" });
		expect(error.message).not.toContain("hunter2");
		return error.detail.replace(`POST http://${at}/api/sessions `, "");
	});
}

describe("an answer with a token", () => {
	test.each([
		["token", '{"token":"T"}'],
		["access_token before accessToken", '{"accessToken":"wrong","access_token":"T"}'],
		["livekit_token", '{"livekit_token":"T"}'],
		["a field that is no text is passed over", '{"token":{"value":1},"access_token":"T"}'],
	])("%s is found", async (_name, body) => {
		const got = await withHttpAnswer({ body, status: 201 }, (at) =>
			serviceTokens({ url: `http://${at}/` }).tokenFor(request),
		);
		expect(got).toEqual({ token: "T" });
	});

	test("in a named field, with the URL beside it", async () => {
		const body = '{"session":{"livekit":{"jwt":"T","ws":"wss://lk.example"}},"token":"other"}';
		const got = await withHttpAnswer({ body }, (at) =>
			serviceTokens({
				url: `http://${at}/`,
				responseField: "session.livekit.jwt",
				urlField: "session.livekit.ws",
			}).tokenFor(request),
		);
		expect(got).toEqual({ token: "T", url: "wss://lk.example" });
	});

	test("the request is a POST of the filled body, with headers and Basic authorization", async () => {
		await withHttpAnswer({ body: '{"token":"T"}' }, async (at, seen) => {
			await serviceTokens({
				url: `http://me:p%40ss@${at}/api/sessions?x=1`,
				headers: { "X-Tenant": "t" },
			}).tokenFor(request);
			expect(seen).toHaveLength(1);
			expect(seen[0]).toMatchObject({ method: "POST", path: "/api/sessions?x=1" });
			expect(seen[0]?.headers).toMatchObject({
				"content-type": "application/json",
				"x-tenant": "t",
				authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
			});
			expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
				user_id: "p-7",
				scenario_id: "r-2",
				language: "en",
			});
		});
	});
});

describe("a failure names the request and never a secret", () => {
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

	test.each<[string, Answer, Partial<TokenServiceOptions>, string]>([
		["a status", { status: 503, body: "out of\n seats" }, {}, "answered 503: out of seats"],
		["a status without words", { status: 401, body: "" }, {}, "answered 401"],
		["a token in the words", { status: 500, body: `bad ${jwt}` }, {}, "answered 500: bad ***"],
		[
			"a redirect",
			{ status: 302, body: "", headers: { location: "http://127.0.0.1:1/" } },
			{},
			"answered 302, a redirect; give the final URL",
		],
		["no JSON", { body: "<html>" }, {}, "answered 200 with no JSON"],
		["nothing", { body: "" }, {}, "answered 200 with nothing"],
		[
			"another field",
			{ body: `{"jwt":"${jwt}","user":{"id":1,"name":"x"},"list":[]}` },
			{ responseField: "token" },
			"answered JSON without the field token; it has: jwt, user.id, user.name, list",
		],
		[
			"no field",
			{ body: "[]" },
			{ responseField: "a.b" },
			"without the field a.b; it has: no fields",
		],
		[
			"a token that is no text",
			{ body: '{"token":5}' },
			{ responseField: "token" },
			"answered JSON whose field token is not a text or is empty",
		],
		[
			"no URL",
			{ body: '{"token":"T"}' },
			{ urlField: "url" },
			"without the field url; it has: token",
		],
		["no answer", undefined, { timeoutMs: 100 }, "did not answer within 100 ms"],
	])("%s", async (_name, answer, options, detail) => {
		expect(await failureOf(answer, options)).toContain(detail);
	});

	test("nobody listens", async () => {
		const gone = await withHttpAnswer(undefined, async (at) => at);
		await expect(
			serviceTokens({ url: `http://${gone}/x` }).tokenFor(request),
		).rejects.toMatchObject({
			stage: "credentials",
			cause: "token-service",
			detail: expect.stringMatching(new RegExp(`^POST http://${gone}/x failed: .*ECONNREFUSED`)),
		});
	});
});

test.each([
	["ftp://h/x", '--token-url has the scheme "ftp"; a credential service speaks http or https.'],
	["app.example.org/x", "--token-url is not a URL."],
])("the URL %s is a user error at once", (url, message) => {
	expect(() => serviceTokens({ url })).toThrow(UserError);
	expect(() => serviceTokens({ url })).toThrow(message);
});

test("a header that HTTP does not allow is a user error without its value", () => {
	const make = () => serviceTokens({ url: "http://h/", headers: { "X-A": "hidden\nvalue" } });
	expect(make).toThrow(UserError);
	expect(make).toThrow('A header for --token-url is not valid HTTP: "X-A".');
});
