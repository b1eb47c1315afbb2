import fc from "fast-check";
import { expect, test } from "vitest";
import type { CandidatePair } from "../../../src/ice/candidate-pair.js";
import { violates } from "../../../src/ice/pair-check.js";
import { type IcePolicy, icePolicies } from "../../../src/ice/policy.js";

const host = { peer: "publisher", local: "host", remote: "host", protocol: "udp" } as const;
const relay = { ...host, local: "relay", relayProtocol: "udp" } as const;

/** Which policies each pair satisfies; it must break all the others. */
test.each<[CandidatePair, IcePolicy[]]>([
	[host, ["direct"]],
	[{ ...host, local: "srflx" }, ["direct"]],
	[{ ...host, local: "prflx", remote: "prflx" }, ["direct"]],
	[{ ...host, protocol: "tcp" }, ["direct", "tcp"]],
	[{ ...host, local: "prflx", protocol: "tcp" }, ["direct", "tcp"]],
	[relay, ["relay-udp"]],
	[{ ...relay, remote: "relay" }, ["relay-udp"]],
	[{ ...relay, relayProtocol: "tcp" }, ["relay-tcp"]],
	[{ ...relay, relayProtocol: "tcp", protocol: "tcp" }, ["relay-tcp"]],
	[{ ...relay, relayProtocol: "tls" }, ["relay-tls"]],
	[{ ...host, local: "relay" }, []],
	[{ ...host, remote: "relay" }, []],
	[{ ...host, remote: "relay", protocol: "tcp" }, []],
])("%j satisfies %j", (pair, satisfied) => {
	expect(icePolicies.filter((policy) => violates(policy, pair) === undefined)).toEqual(satisfied);
});

test("the sentence names policy, peer, types and protocols", () => {
	expect(violates("relay-tls", relay)).toBe(
		"policy relay-tls, but the selected pair (publisher) is relay → host over udp (relay over udp)",
	);
	expect(violates("tcp", { ...host, peer: "subscriber" })).toBe(
		"policy tcp, but the selected pair (subscriber) is host → host over udp",
	);
});

test("no pair satisfies two relay policies, or a relay policy and another", () => {
	const type = fc.constantFrom("host", "srflx", "prflx", "relay");
	const pair = fc.record(
		{
			peer: fc.constantFrom("publisher", "subscriber", "both"),
			local: type,
			remote: type,
			protocol: fc.constantFrom("udp", "tcp"),
			relayProtocol: fc.constantFrom("udp", "tcp", "tls"),
		},
		{ requiredKeys: ["peer", "local", "remote", "protocol"] },
	) as fc.Arbitrary<CandidatePair>;
	fc.assert(
		fc.property(pair, (selected) => {
			const held = icePolicies.filter((policy) => violates(policy, selected) === undefined);
			expect(held.filter((policy) => policy !== "direct").length).toBeLessThanOrEqual(1);
			if (held.includes("direct")) expect(held).not.toContain("relay-udp");
		}),
	);
});
