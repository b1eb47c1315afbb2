import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import type { IcePolicy } from "../../../src/ice/policy.js";
import { serversForPolicy } from "../../../src/ice/policy-servers.js";

const credentials = { username: "u", password: "p" };
const udp = "turn:h:3478?transport=udp";
const tcp = "turn:h:3478?transport=tcp";
const tls = "turns:h:5349?transport=tcp";
const dtls = "turns:h:5349?transport=udp";

test.each<[IcePolicy, string[], string[]]>([
	["relay-udp", [udp, tcp, tls], [udp]],
	["relay-tcp", [udp, tcp, tls], [tcp]],
	["relay-tls", [udp, tcp, tls, dtls], [tls]],
	["relay-udp", ["turn:h"], [udp]],
	["relay-tcp", ["turn:h"], [tcp]],
	["relay-tls", ["turns:h"], [tls]],
	["relay-udp", ["turn:h", udp, "turn:h:3478"], [udp]],
	["relay-udp", [udp, "turn:[::1]:1?transport=udp"], [udp, "turn:[::1]:1?transport=udp"]],
])("%s of %j", (policy, uris, urls) => {
	expect(serversForPolicy(policy, uris, credentials)).toEqual([{ urls, ...credentials }]);
});

test.each<IcePolicy>(["direct", "tcp"])("%s needs no server", (policy) => {
	expect(serversForPolicy(policy, [udp], credentials)).toEqual([]);
	expect(serversForPolicy(policy, [], credentials)).toEqual([]);
});

describe("no port, scheme or transport is invented", () => {
	test.each<[IcePolicy, string[], string]>([
		["relay-tls", [udp], `ICE policy relay-tls needs a turns: URI for tcp; given: ${udp}.`],
		["relay-tls", ["turn:h"], "ICE policy relay-tls needs a turns: URI for tcp; given: turn:h."],
		["relay-tls", [dtls], `ICE policy relay-tls needs a turns: URI for tcp; given: ${dtls}.`],
		["relay-tcp", [udp, tls], `needs a turn: URI for tcp; given: ${udp}, ${tls}.`],
		["relay-udp", [tcp], `needs a turn: URI for udp; given: ${tcp}.`],
		["relay-udp", [], "ICE policy relay-udp needs a TURN server; none is given."],
		["relay-udp", ["stun:h:3478"], 'ICE server URI "stun:h:3478" names a STUN server'],
		["relay-udp", [udp, "turn:h:x"], 'has the port "x"'],
	])("%s of %j", (policy, uris, message) => {
		expect(() => serversForPolicy(policy, uris, credentials)).toThrow(message);
		expect(() => serversForPolicy(policy, uris, credentials)).toThrow(UserError);
	});
});
