import { expect, test } from "vitest";
import { randomSecret } from "../../../src/backend/random-secret.js";

test("a secret can be typed as the value of a flag, and LiveKit takes it", () => {
	const secrets = Array.from({ length: 500 }, randomSecret);
	expect(secrets.filter((secret) => !/^[0-9a-f]{32,}$/.test(secret))).toEqual([]);
	expect(new Set(secrets).size).toBe(500);
});
