import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { formatIceUri, type IceUri, parseIceUri } from "../../../src/ice/uri.js";

describe("URIs of RFC 7064 and RFC 7065", () => {
	// The examples of RFC 7064 (appendix A) and RFC 7065 (appendix A).
	test.each<[string, IceUri]>([
		["stun:example.org", { scheme: "stun", host: "example.org", port: 3478 }],
		["stuns:example.org", { scheme: "stuns", host: "example.org", port: 5349 }],
		["stun:example.org:8000", { scheme: "stun", host: "example.org", port: 8000 }],
		["turn:example.org", { scheme: "turn", host: "example.org", port: 3478 }],
		["turns:example.org", { scheme: "turns", host: "example.org", port: 5349 }],
		["turn:example.org:8000", { scheme: "turn", host: "example.org", port: 8000 }],
		[
			"turn:example.org?transport=udp",
			{ scheme: "turn", host: "example.org", port: 3478, transport: "udp" },
		],
		[
			"turns:example.org?transport=tcp",
			{ scheme: "turns", host: "example.org", port: 5349, transport: "tcp" },
		],
		["turn:10.0.0.1:80", { scheme: "turn", host: "10.0.0.1", port: 80 }],
		["turn:[2001:db8::1]:3479", { scheme: "turn", host: "2001:db8::1", port: 3479 }],
		["stun:[::ffff:10.0.0.1]", { scheme: "stun", host: "::ffff:10.0.0.1", port: 3478 }],
		["TURN:h?transport=TCP", { scheme: "turn", host: "h", port: 3478, transport: "tcp" }],
	])("%s", (text, uri) => {
		expect(parseIceUri(text)).toEqual(uri);
	});

	test("parse undoes format", () => {
		const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z0-9]{1,8}){0,3}$/);
		const stun = fc.record({
			scheme: fc.constantFrom("stun" as const, "stuns" as const),
			host: fc.oneof(name, fc.ipV4(), fc.ipV6()),
			port: fc.integer({ min: 1, max: 65_535 }),
		});
		const turn = fc.record(
			{
				scheme: fc.constantFrom("turn" as const, "turns" as const),
				host: fc.oneof(name, fc.ipV4(), fc.ipV6()),
				port: fc.integer({ min: 1, max: 65_535 }),
				transport: fc.constantFrom("udp" as const, "tcp" as const),
			},
			{ requiredKeys: ["scheme", "host", "port"] },
		);
		fc.assert(
			fc.property(fc.oneof(stun, turn), (uri) => {
				expect(parseIceUri(formatIceUri(uri))).toEqual(uri);
			}),
		);
	});

	test("any text gives a URI or a user error", () => {
		const piece = fc.constantFrom(
			"turn",
			"stun",
			":",
			"[",
			"]",
			"?",
			"=",
			"//",
			"::1",
			"h",
			"transport",
		);
		const text = fc.oneof(
			fc.string(),
			fc.array(piece, { maxLength: 8 }).map((all) => all.join("")),
		);
		fc.assert(
			fc.property(text, (input) => {
				try {
					const uri = parseIceUri(input);
					expect(parseIceUri(formatIceUri(uri))).toEqual(uri);
				} catch (error) {
					expect(error).toBeInstanceOf(UserError);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("what is wrong is said", () => {
	test.each([
		["", "has no scheme"],
		["turn.example.org", "has no scheme"],
		["turn.example.org:3478", "has no scheme"],
		["localhost:3478?transport=udp", "has no scheme"],
		["10.0.0.1:3478", "has no scheme"],
		["http://turn.example.org", 'has the scheme "http"; stun, stuns, turn and turns are known'],
		["stun:stun:example.org:3478", "has its scheme twice"],
		["turn:turns:example.org", "has its scheme twice"],
		["turn://example.org", 'has "//" after its scheme'],
		["turn:", "has no host"],
		["turn::3478", "has no host"],
		["turn:?transport=udp", "has no host"],
		["turn:exa mple.org", 'has the host "exa mple.org", which is no host name'],
		["turn:h:0", 'has the port "0"; a port is a number from 1 to 65535'],
		["turn:h:65536", 'has the port "65536"; a port is a number from 1 to 65535'],
		["turn:h:", 'has the port ""; a port is a number from 1 to 65535'],
		["turn:h:34x", 'has the port "34x"; a port is a number from 1 to 65535'],
		["turn:2001:db8::1", "needs brackets round its IPv6 address"],
		["turn:a:b:c", "has too many colons after its scheme"],
		["turn:[2001:xx::1]", 'has "[2001:xx::1]", which is no IPv6 address'],
		["turn:h?transport=sctp", 'has the transport "sctp"; udp and tcp are known'],
		["turn:h?transport=", 'has the transport ""; udp and tcp are known'],
		["turn:h?ttl=5", 'has the parameter "ttl=5"; only transport=udp and transport=tcp exist'],
		["turn:h?transport=udp?transport=tcp", "has the parameter"],
		["stun:h?transport=udp", 'has "?transport=udp"; a STUN URI has no parameters (RFC 7064)'],
		["turn:user@h", "holds a user name"],
	])("%s", (text, reason) => {
		expect(() => parseIceUri(text)).toThrow(reason);
		expect(() => parseIceUri(text)).toThrow(UserError);
	});

	test("a password in the text is not shown", () => {
		expect(() => parseIceUri("turn:me:hunter2@turn.example.org")).toThrow(
			'ICE server URI "…@turn.example.org" holds a user name.',
		);
	});
});
