import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HandedIceServer } from "../../../../src/doctor/context.js";
import { credentialFindings, expiryOf } from "../../../../src/doctor/ice-servers/credentials.js";
import { transportFindings } from "../../../../src/doctor/ice-servers/transports.js";

const nowMs = Date.UTC(2026, 10, 22);
const turnOf = (username: string, password = "p"): HandedIceServer => ({
	...{ urls: ["turn:h:3478?transport=udp"], username, password, from: "service" },
});
const untilMs = (ms: number) => turnOf(`${Math.floor((nowMs + ms) / 1000)}:app`);
const idsOf = (servers: HandedIceServer[], offsetMs?: number) =>
	credentialFindings(servers, { nowMs, offsetMs }).map(({ id }) => id);

test.each([
	["1700000000:alice", 1_700_000_000_000],
	["1700000000", 1_700_000_000_000],
	["alice:1700000000", 1_700_000_000_000],
	["alice", undefined],
	["1234:alice", undefined],
	// Milliseconds: for coturn a time in the far future.
	["1700000000000:alice", undefined],
])("user name %s", (username, expiryMs) => {
	expect(expiryOf(username)).toBe(expiryMs);
});

describe("credentials", () => {
	test("are fresh, soon over or over by their time alone", () => {
		fc.assert(
			fc.property(fc.integer({ min: -1e9, max: 1e9 }), (leftS) => {
				const [id] = idsOf([untilMs(leftS * 1000)]);
				if (leftS <= 0) expect(id).toBe("ice-servers.expired-credentials");
				else if (leftS <= 60) expect(id).toBe("ice-servers.expiring-credentials");
				else expect(id).toBeUndefined();
			}),
		);
	});

	test("over by one of two clocks alone are likely over, by both surely", () => {
		const [likely] = credentialFindings([untilMs(600_000)], { nowMs, offsetMs: 700_000 });
		const [proven] = credentialFindings([untilMs(-600_000)], { nowMs, offsetMs: 1_000 });
		expect([likely?.confidence, proven?.confidence]).toEqual(["likely", "proven"]);
	});

	test("are missing with TURN, needless with STUN alone", () => {
		const bare = { ...turnOf(""), password: "" };
		expect(idsOf([bare])).toEqual(["ice-servers.turn-without-credentials"]);
		expect(idsOf([turnOf("alice", "")])).toEqual(["ice-servers.turn-without-credentials"]);
		const stun = { ...turnOf("alice"), urls: ["stun:h"] };
		expect(idsOf([stun])).toEqual(["ice-servers.stun-with-credentials"]);
		expect(idsOf([{ ...stun, urls: ["stun:h", "turn:h?transport=udp"] }])).toEqual([]);
	});
});

describe("transports", () => {
	const udp = "turn:h?transport=udp";
	const tcp = "turn:h?transport=tcp";
	const ids = (from: HandedIceServer["from"], ...texts: string[]) =>
		transportFindings(texts.map((text) => ({ text, from }))).map(({ id }) => id);

	test.each<[HandedIceServer["from"], string[], string[]]>([
		["service", [udp, tcp], []],
		["service", [udp, "turns:h"], []],
		["service", ["turn:h", tcp], []],
		["service", ["stun:h"], []],
		["service", [udp], ["ice-servers.turn-only-udp"]],
		["service", ["turn:h"], ["ice-servers.missing-transport"]],
		["service", [tcp, "turns:h"], ["ice-servers.turn-only-tcp"]],
		["server", [udp], ["ice-servers.turn-only-udp"]],
		// LiveKit's own TURN over TLS, as its documentation sets it up.
		["server", ["turns:h:443?transport=tcp"], []],
		["flag", [udp], []],
		["flag", ["turn:h"], []],
		[
			"service",
			[udp, "turns:h?transport=udp"],
			["ice-servers.turns-over-udp", "ice-servers.turn-only-udp"],
		],
	])("%s: %j", (from, texts, expected) => {
		expect(ids(from, ...texts)).toEqual(expected);
	});

	test("a service's list is not completed by the server's", () => {
		const uris = [
			{ text: "turn:h", from: "service" } as const,
			{ text: tcp, from: "server" } as const,
		];
		expect(transportFindings(uris).map(({ id }) => id)).toEqual(["ice-servers.missing-transport"]);
	});
});
