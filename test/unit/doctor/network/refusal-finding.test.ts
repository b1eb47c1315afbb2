import { describe, expect, test } from "vitest";
import { refusalFinding } from "../../../../src/doctor/network/refusal-finding.js";

// The words as servers of these versions said them.
describe("what livekit-server says to a token that it refuses", () => {
	test.each([
		[401, "invalid API key: APIother", "signal.unknown-api-key"],
		[
			401,
			"invalid token: ***, error: go-jose/go-jose: error in cryptographic primitive",
			"signal.wrong-secret",
		],
		[
			401,
			"invalid token: ***, error: token signature is invalid: signature is invalid",
			"signal.wrong-secret",
		],
		[
			401,
			"invalid token: ***, error: go-jose/go-jose/jwt: validation failed, token is expired (exp)",
			"signal.token-expired",
		],
		[
			401,
			"invalid token: ***, error: token has invalid claims: token is expired",
			"signal.token-expired",
		],
		[
			401,
			"invalid token: ***, error: go-jose/go-jose/jwt: validation failed, token not valid yet (nbf)",
			"signal.token-not-yet-valid",
		],
		[
			401,
			"invalid token: ***, error: token has invalid claims: token is not valid yet",
			"signal.token-not-yet-valid",
		],
		[
			401,
			"invalid token: ***, error: go-jose/go-jose/jwt: validation field, token issued in the future (iat)",
			"signal.token-not-yet-valid",
		],
		[
			401,
			"invalid token: ***, error: json: cannot unmarshal array into Go value of type string",
			"signal.token-unreadable",
		],
		[401, "invalid authorization token", "signal.token-unreadable"],
		[401, "no permissions to access the room", "signal.no-video-claim"],
		[401, "permissions denied", "signal.no-room-join"],
		[400, "identity cannot be empty", "signal.no-identity"],
		[400, "no room name", "signal.no-room"],
		[400, "participant identity length exceeds limits: max length 256", "signal.name-too-long"],
		[404, "requested room does not exist", "signal.room-missing"],
		[500, "connection closed by media", "signal.media-setup"],
	])("%i %s", (status, text, id) => {
		expect(refusalFinding({ status, text, apiKey: undefined })?.id).toBe(id);
	});

	test("another server's words are nobody's token fault", () => {
		for (const text of ["", "404 page not found", "<h1>502 Bad Gateway</h1>"])
			expect(refusalFinding({ status: 404, text, apiKey: undefined })).toBeUndefined();
	});

	test("the key is named, and the flags where the token was made with them", () => {
		const finding = refusalFinding({
			status: 401,
			text: "invalid API key: devkey",
			apiKey: "devkey",
		});
		expect(finding?.title).toContain('"devkey"');
		expect(finding?.fix).toContain("--api-key");
	});
});
