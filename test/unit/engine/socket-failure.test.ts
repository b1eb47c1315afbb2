import { describe, expect, test } from "vitest";
import { socketFailure, upgradeFailure } from "../../../src/engine/socket-failure.js";

const errorOf = (code: string | undefined, message = "words") =>
	Object.assign(new Error(message), code === undefined ? {} : { code });
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl";

describe("below HTTP", () => {
	test.each([
		["ENOTFOUND", "dns"],
		["EAI_AGAIN", "dns"],
		["ECONNREFUSED", "refused"],
		["ENETUNREACH", "unreachable"],
		["EHOSTUNREACH", "unreachable"],
		["ETIMEDOUT", "timeout"],
		["ECONNRESET", "websocket"],
		["EPIPE", "websocket"],
		["CERT_HAS_EXPIRED", "tls"],
		["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
		["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
		["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
		["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
		["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
		["EPROTO", "tls"],
		["SOMETHING_ELSE", "websocket"],
		[undefined, "websocket"],
	])("%s is %s", (code, cause) => {
		expect(socketFailure(errorOf(code))).toMatchObject({ stage: "socket", cause });
	});

	test("the detail is the error's own words, without a token in them", () => {
		const { detail } = socketFailure(
			errorOf("EPIPE", ` write to /rtc?access_token=${jwt} failed\n`),
		);
		expect(detail).toBe("write to /rtc?access_token=*** failed");
	});

	test.each(["ERR_SSL_WRONG_VERSION_NUMBER", "EPROTO"])(
		"a port without TLS (%s) is told in one sentence, not in OpenSSL's",
		(code) => {
			const openssl =
				"C0A7:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/x.c:354:";
			expect(socketFailure(errorOf(code, openssl)).detail).toBe(
				`the port does not speak TLS (${code})`,
			);
		},
	);
});

describe("an HTTP answer in place of a WebSocket", () => {
	test.each([
		[401, "unauthorized"],
		[403, "forbidden"],
		[404, "not-found"],
		[500, "server-error"],
		[503, "server-error"],
		[200, "websocket"],
		[302, "websocket"],
		[429, "websocket"],
	])("%i is %s", (status, cause) => {
		expect(upgradeFailure(status, "no")).toEqual({
			...{ stage: "socket", cause, detail: `HTTP ${status}: no` },
		});
	});

	test("a long page is cut, and a token in it masked first", () => {
		const { detail } = upgradeFailure(401, `invalid token ${jwt} ${"x".repeat(1000)}`);
		expect(detail).not.toContain(jwt.slice(0, 20));
		expect(detail.length).toBeLessThanOrEqual(310);
		// A token over the edge of the cut must not be left as a stump that no longer looks like one.
		expect(upgradeFailure(401, `${"x ".repeat(140)}${jwt}`).detail).not.toContain("eyJ");
	});
});
