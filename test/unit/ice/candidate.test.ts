import { describe, expect, test } from "vitest";
import { isWanted, parseCandidate } from "../../../src/ice/candidate.js";
import { icePolicies } from "../../../src/ice/policy.js";

const hostLine = "candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host";
const host = {
	foundation: "1",
	component: 1,
	transport: "udp",
	priority: 2_130_706_431,
	address: "203.0.113.141",
	port: 8_998,
	type: "host",
};

describe("candidate lines", () => {
	// The lines of RFC 8839, section 5.1.
	test("host", () => {
		expect(parseCandidate(hostLine)).toEqual(host);
	});

	test.each([hostLine, `a=${hostLine}`, hostLine.slice(10), `  a=${hostLine}\r\n`])(
		"%j",
		(line) => {
			expect(parseCandidate(line)).toEqual(host);
		},
	);

	test("server-reflexive, with its base", () => {
		expect(
			parseCandidate(
				"a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998",
			),
		).toEqual({
			...host,
			foundation: "2",
			priority: 1_694_498_815,
			address: "192.0.2.3",
			port: 45_664,
			type: "srflx",
			relatedAddress: "203.0.113.141",
			relatedPort: 8_998,
		});
	});

	test("TCP (RFC 6544), with extensions that browsers and libwebrtc add", () => {
		expect(
			parseCandidate(
				"candidate:10 1 tcp 1518280447 ::1 9 typ host tcptype active generation 0 ufrag abcd network-id 1",
			),
		).toMatchObject({ transport: "tcp", address: "::1", port: 9, tcpType: "active" });
	});

	test("an mDNS name", () => {
		expect(
			parseCandidate("candidate:0 1 UDP 2122252543 8c1f0a2e-1111.local 50000 typ host"),
		).toMatchObject({ address: "8c1f0a2e-1111.local" });
	});

	test.each([
		"",
		"candidate:",
		"a=end-of-candidates",
		"candidate:1 1 UDP 2130706431 203.0.113.141 8998",
		"candidate:1 1 UDP 2130706431 203.0.113.141 8998 type host",
		"candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ wormhole",
		"candidate:1 1 SCTP 2130706431 203.0.113.141 8998 typ host",
		"candidate:1 one UDP 2130706431 203.0.113.141 8998 typ host",
		"candidate:1 1 UDP high 203.0.113.141 8998 typ host",
		"candidate:1 1 UDP 2130706431 203.0.113.141 65536 typ host",
		"candidate:1 1 UDP 2130706431 203.0.113.141 -1 typ host",
	])("%j is none", (line) => {
		expect(parseCandidate(line)).toBeUndefined();
	});
});

test.each([
	["typ host", "UDP", ["direct"]],
	["typ srflx", "UDP", ["direct"]],
	["typ host tcptype passive", "tcp", ["direct", "tcp"]],
	["typ relay", "UDP", ["relay-udp", "relay-tcp", "relay-tls"]],
	["typ relay", "tcp", ["relay-udp", "relay-tcp", "relay-tls"]],
])("a candidate %s over %s is wanted by %j", (tail, transport, wanted) => {
	const candidate = parseCandidate(`candidate:1 1 ${transport} 1 10.0.0.1 9 ${tail}`);
	if (candidate === undefined) throw new Error("the line is a candidate");
	expect(icePolicies.filter((policy) => isWanted(policy, candidate))).toEqual(wanted);
});
