import { expect, test } from "vitest";
import { turnConnectError, turnConnectionLost } from "../../../src/turn/connect-error.js";

const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const server = (transport: "udp" | "tcp" | "tls") => ({ host: "turn.test", port: 1, transport });

test.each([
	["tls", "CERT_HAS_EXPIRED", "turn-tls", "its certificate has expired"],
	["tls", "ECONNRESET", "turn-tls", "it closed the connection in the TLS handshake"],
	["tls", "ECONNREFUSED", "turn-unreachable", "the connection is refused"],
	["tls", "ETIMEDOUT", "turn-unreachable", "it does not answer"],
	["tcp", "ECONNRESET", "turn-unreachable", "it closed the connection at once"],
	["udp", "ECONNREFUSED", "turn-unreachable", "nobody listens at its port"],
	["udp", "ENETUNREACH", "turn-unreachable", "there is no route to it"],
] as const)("over %s, %s is %s: %s", (transport, code, cause, words) => {
	expect(turnConnectError(failed(code), server(transport))).toEqual({
		code,
		cause,
		message: `TURN server turn.test:1 over ${transport.toUpperCase()}: ${words} (${code})`,
	});
});

test("what stood once and was lost is unreachable now, whatever the transport", () => {
	expect(turnConnectionLost(failed("ECONNREFUSED"), server("udp"))).toMatchObject({
		cause: "turn-unreachable",
		message: expect.stringContaining("it no longer listens at its port"),
	});
	expect(turnConnectionLost(undefined, server("tls"))).toMatchObject({
		code: "CLOSED",
		cause: "turn-unreachable",
	});
});
