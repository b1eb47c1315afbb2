import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { doubledUris } from "../../../../src/doctor/ice-servers/doubled.js";
import type { HandedUri } from "../../../../src/doctor/ice-servers/handed.js";
import { malformedUris } from "../../../../src/doctor/ice-servers/uri-findings.js";

const handed = (...texts: string[]): HandedUri[] =>
	texts.map((text) => ({ text, from: "service" as const }));

describe("malformed URIs", () => {
	test.each([
		["stun:stun:142.250.82.127:19302", "ice-servers.scheme-twice"],
		["turn:turns:h:5349", "ice-servers.scheme-twice"],
		["stun://h:3478", "ice-servers.slashes"],
		["142.250.82.127:19302", "ice-servers.no-scheme"],
		["http://h", "ice-servers.no-scheme"],
		["", "ice-servers.no-scheme"],
		["stun:2001:db8::1:3478", "ice-servers.ipv6-brackets"],
		["turn:2001:db8::1?transport=udp", "ice-servers.ipv6-brackets"],
		["stun:h?transport=udp", "ice-servers.stun-with-parameters"],
		["turn:h?transport=tls", "ice-servers.unknown-transport"],
		["turn:h:99999", "ice-servers.malformed-uri"],
		["turn:", "ice-servers.malformed-uri"],
		["turn:h?ttl=3", "ice-servers.malformed-uri"],
	])("%j is %s", (text, id) => {
		expect(malformedUris(handed(text)).map((one) => one.id)).toEqual([id]);
	});

	test("one finding for each kind, with every URI in the evidence", () => {
		const [finding, ...more] = malformedUris(handed("stun:stun:a", "stun:stun:b", "stun:c"));
		expect(more).toEqual([]);
		expect(finding?.title).toContain("and 1 more");
		expect(finding?.evidence).toHaveLength(2);
	});

	test("what stands before an @ is never shown", () => {
		const text = JSON.stringify(malformedUris(handed("turn:alice:pa55word@h:3478")));
		expect(text).not.toContain("pa55word");
		expect(text).toContain("@h:3478");
	});
});

describe("doubled entries", () => {
	test.each([
		["stun:h", "stun:h"],
		["stun:h", "STUN:H:3478"],
		["stun:h.", "stun:h"],
		["turn:h:3478", "turn:h?transport=udp"],
		["turns:h", "turns:h:5349?transport=tcp"],
	])("%s is %s", (one, other) => {
		expect(doubledUris(handed(one, "stun:other", other))[0]?.evidence).toHaveLength(2);
	});

	test("LiveKit and a service may name the same server", () => {
		const uris: HandedUri[] = [...handed("stun:h"), { text: "stun:h", from: "server" }];
		expect(doubledUris(uris)).toEqual([]);
	});

	test("servers that differ are never taken for one, any repetition is", () => {
		const uri = fc
			.record({
				scheme: fc.constantFrom("turn", "turns"),
				host: fc.constantFrom("a.example", "b.example", "192.0.2.7"),
				port: fc.constantFrom(3478, 5349, 443),
				transport: fc.constantFrom("udp", "tcp"),
			})
			.map(
				({ scheme, host, port, transport }) => `${scheme}:${host}:${port}?transport=${transport}`,
			);
		fc.assert(
			fc.property(fc.uniqueArray(uri, { minLength: 1 }), (texts) => {
				expect(doubledUris(handed(...texts))).toEqual([]);
				const [again = ""] = texts;
				expect(
					doubledUris(handed(...texts, again.toUpperCase().replace("TRANSPORT", "transport"))),
				).toHaveLength(1);
			}),
		);
	});
});
