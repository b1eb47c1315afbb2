import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { restCredentials } from "../../../src/ice/turn-credentials.js";

describe("REST credentials", () => {
	// Passwords from `printf %s USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64`.
	test.each([
		["north", "alice", "1700003600:alice", "wjwSXO2ch1B6VaLTLMy2Avn5O9o="],
		["ünïcode", "bob", "1700003600:bob", "xEka4+0Axm3xBH+mkvCEkz6CTkE="],
		["north", "", "1700003600", "xF4I6gruVt/PjGbjajGu2UlidPk="],
	])("secret %s, name %s", (secret, name, username, password) => {
		const order = { secret, name, ttlMs: 3_600_000, nowMs: 1_700_000_000_999 };
		expect(restCredentials(order)).toEqual({ username, password });
	});

	test("a missing secret is a user error that says where it is given", () => {
		const order = { secret: "", name: "x", ttlMs: 1_000, nowMs: 0 };
		expect(() => restCredentials(order)).toThrow(UserError);
		expect(() => restCredentials(order)).toThrow("The TURN REST secret is missing.");
	});
});
