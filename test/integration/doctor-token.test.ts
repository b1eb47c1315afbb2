import { describe, expect, test } from "vitest";
import { lintToken } from "../../src/doctor/token/lint.js";
import { withLiveKit } from "../rig/real-parts.js";
import { makeToken, tokenCases } from "../rig/token-case.js";

const server = withLiveKit();

/** What the server says to a token; in the query, where any text can stand. */
async function validate(text: string): Promise<number> {
	const url = new URL("/rtc/validate", server().url.replace(/^ws/, "http"));
	url.searchParams.set("access_token", text);
	return (await fetch(url)).status;
}

describe("a real server agrees with the case", () => {
	test.each(tokenCases)("%s", async (_name, one) => {
		const { text, given } = makeToken(one, server(), Date.now());
		expect(await validate(text)).toBe(one.server);
		const time = { nowMs: Date.now(), offsetMs: 0 };
		const { findings } = lintToken({ token: text, time, key: given });
		expect(findings.map(({ id }) => id)).toEqual(one.expect);
		// Whoever is refused has at least one fault told.
		if (one.server !== 200) expect(findings.map(({ severity }) => severity)).toContain("fault");
	});
});
