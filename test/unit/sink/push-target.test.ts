import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { readPushTarget } from "../../../src/sink/push-target.js";

function refusal(read: () => unknown): { message: string; hint: string | undefined } {
	try {
		read();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
	throw new Error("it was not refused");
}

describe("the URL", () => {
	test.each(["http://127.0.0.1:9091", "https://push.example.org/gateway/", "http://[::1]:9091"])(
		"%s is taken",
		(text) => {
			const target = readPushTarget("--pushgateway", text, {});
			expect(target.url.href).toBe(new URL(text).href);
			expect(target).toMatchObject({ flag: "--pushgateway", secrets: [] });
			expect(target).not.toHaveProperty("authorization");
		},
	);

	test.each([
		["", "--otlp is empty."],
		["prometheus", "--otlp is not an http:// or https:// URL."],
		["localhost:9090", "--otlp is not an http:// or https:// URL."],
		["ftp://host/api", "--otlp is not an http:// or https:// URL."],
		["http://host:99999", "--otlp is not an http:// or https:// URL."],
		["http://host/?key=4f5e6d", "--otlp has a query or a fragment in its URL."],
		["http://host/#part", "--otlp has a query or a fragment in its URL."],
	])("%j is refused", (text, message) => {
		const told = refusal(() => readPushTarget("--otlp", text, {}));
		expect(told.message).toBe(message);
		expect(told.hint).toBe("For example --otlp http://HOST:9090/api/v1/otlp");
	});

	test.each(["http://host:9091/metrics", "http://host:9091/metrics/job/livesoak"])(
		"the gateway's base is wanted, not %s",
		(text) => {
			const told = refusal(() => readPushTarget("--pushgateway", text, {}));
			expect(told.message).toBe(`--pushgateway ${text}: expected the gateway without /metrics.`);
			expect(told.hint).toBe("Write --pushgateway http://host:9091");
		},
	);

	test.each(["http://user:geheim123@host:9091", "http://geheim123@host"])(
		"credentials in it are refused, and not repeated",
		(text) => {
			const { message, hint } = refusal(() => readPushTarget("--pushgateway", text, {}));
			expect(`${message} ${hint}`).not.toContain("geheim123");
			expect(hint).toContain("LIVESOAK_PUSHGATEWAY_PASSWORD");
		},
	);
});

describe("credentials", () => {
	const read = (env: Record<string, string>) => readPushTarget("--otlp", "https://host", env);

	test("a token (RFC 6750)", () => {
		expect(read({ LIVESOAK_OTLP_TOKEN: "tok-1" })).toMatchObject({
			authorization: "Bearer tok-1",
			secrets: ["tok-1"],
		});
	});

	test("user name and password (RFC 7617: its own example)", () => {
		const env = { LIVESOAK_OTLP_USERNAME: "Aladdin", LIVESOAK_OTLP_PASSWORD: "open sesame" };
		expect(read(env)).toMatchObject({
			authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
			secrets: ["open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
		});
	});

	test("those of the other receiver are not sent, and an empty variable is an unset one", () => {
		const env = { LIVESOAK_PUSHGATEWAY_TOKEN: "tok-1", LIVESOAK_OTLP_TOKEN: "" };
		expect(read(env)).not.toHaveProperty("authorization");
	});

	test.each([
		[
			{ LIVESOAK_OTLP_USERNAME: "u" },
			"LIVESOAK_OTLP_USERNAME is set, and LIVESOAK_OTLP_PASSWORD is not.",
		],
		[
			{ LIVESOAK_OTLP_PASSWORD: "geheim123" },
			"LIVESOAK_OTLP_PASSWORD is set, and LIVESOAK_OTLP_USERNAME is not.",
		],
		[
			{ LIVESOAK_OTLP_TOKEN: "geheim123", LIVESOAK_OTLP_USERNAME: "u" },
			"LIVESOAK_OTLP_TOKEN and LIVESOAK_OTLP_USERNAME exclude each other.",
		],
		[
			{ LIVESOAK_OTLP_TOKEN: "geheim123\n" },
			"LIVESOAK_OTLP_TOKEN holds a line break or another control character.",
		],
		[
			{ LIVESOAK_OTLP_USERNAME: "a:b", LIVESOAK_OTLP_PASSWORD: "geheim123" },
			"LIVESOAK_OTLP_USERNAME has a colon, which ends a user name (RFC 7617).",
		],
	])("%j is refused", (env, message) => {
		const told = refusal(() => read(env as unknown as Record<string, string>));
		expect(told.message).toBe(message);
		expect(`${told.message} ${told.hint}`).not.toContain("geheim123");
	});
});
