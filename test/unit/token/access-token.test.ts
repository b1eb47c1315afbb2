import { TokenVerifier } from "livekit-server-sdk";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { mintedTokens, mintToken } from "../../../src/token/access-token.js";

const key = { apiKey: "devkey", apiSecret: "a-secret-of-more-than-32-characters" };
const order = { ...key, identity: "p-1", room: "r-1", canPublish: true, canSubscribe: true };

async function claimsOf(token: string, secret = key.apiSecret) {
	return new TokenVerifier(key.apiKey, secret).verify(token);
}

describe("a minted token", () => {
	test("is signed by the secret and by no other", async () => {
		const token = await mintToken({ ...order, ttlMs: 60_000 });
		await expect(claimsOf(token)).resolves.toMatchObject({ iss: "devkey", sub: "p-1" });
		await expect(claimsOf(token, `${key.apiSecret}x`)).rejects.toThrow();
	});

	test.each([
		[true, true],
		[true, false],
		[false, true],
		[false, false],
	])("publishes %s, subscribes %s, and nothing beyond", async (canPublish, canSubscribe) => {
		const token = await mintToken({ ...order, canPublish, canSubscribe, ttlMs: 60_000 });
		expect((await claimsOf(token)).video).toEqual({
			roomJoin: true,
			room: "r-1",
			canPublish,
			canSubscribe,
			canPublishData: false,
		});
	});

	test("sends data only where that is asked for", async () => {
		const token = await mintToken({ ...order, canPublishData: true, ttlMs: 60_000 });
		expect((await claimsOf(token)).video).toMatchObject({ canPublishData: true });
		const source = mintedTokens({ ...key, ttlMs: 60_000 });
		const minted = await source.tokenFor({ ...order, canPublishData: true, index: 0 });
		expect((await claimsOf(minted.token)).video).toMatchObject({ canPublishData: true });
	});

	test.each([
		[60_000, 60],
		[1_001, 2],
		[1, 1],
	])("with a lifetime of %i ms expires after %i s", async (ttlMs, seconds) => {
		const { exp = 0, nbf = 0 } = await claimsOf(await mintToken({ ...order, ttlMs }));
		expect(exp - nbf).toBe(seconds);
	});
});

test("the minted source makes a token for each participant", async () => {
	const source = mintedTokens({ ...key, ttlMs: 60_000 });
	const { token, url } = await source.tokenFor({ ...order, identity: "p-9", index: 9 });
	expect(await claimsOf(token)).toMatchObject({ sub: "p-9", video: { room: "r-1" } });
	expect(url).toBeUndefined();
});

test.each([
	[{ apiKey: "", apiSecret: "x" }, "The LiveKit API key is missing."],
	[{ apiKey: "x", apiSecret: "" }, "The LiveKit API secret is missing."],
])("%j is a user error at once", (wrong, message) => {
	expect(() => mintedTokens({ ...wrong, ttlMs: 1 })).toThrow(UserError);
	expect(() => mintedTokens({ ...wrong, ttlMs: 1 })).toThrow(message);
});
