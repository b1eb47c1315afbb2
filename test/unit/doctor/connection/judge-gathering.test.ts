import { describe, expect, test } from "vitest";
import { type Gathered, udpServers } from "../../../../src/doctor/connection/gather.js";
import { judgeGathering } from "../../../../src/doctor/connection/judge-gathering.js";

const found = (...types: ("host" | "srflx" | "relay")[]) =>
	types.map((type) => {
		return { type, transport: "udp" as const, address: "10.0.0.2", port: 5_000, atMs: 9 };
	});
const none: Gathered = { kind: "none", candidates: found("host"), completeMs: 10 };
const stun = (change: Partial<Gathered>): Gathered => {
	const uri = "stun:s.example.org:3478";
	return {
		kind: "stun",
		uri,
		candidates: found("host", "srflx"),
		completeMs: 40,
		answers: true,
		...change,
	};
};
const turn = (change: Partial<Gathered>): Gathered => {
	const uri = "turn:t.example.org:3478?transport=udp";
	return { kind: "turn", uri, candidates: found("host", "relay"), completeMs: 40, ...change };
};
const hostOnly = found("host");
const { completeMs: _never, ...dead } = stun({ candidates: hostOnly, answers: false });
const relays = (works: boolean) => [
	{ uri: "turn:t.example.org:3478", transport: "udp" as const, works },
];

describe("candidates", () => {
	test.each([
		["all there", [none, stun({}), turn({})], []],
		["no server at all", [none], []],
		["no NAT: STUN answers and brings nothing", [none, stun({ candidates: hostOnly })], []],
		["every STUN server is dead", [none, dead], ["gathering.no-srflx"]],
		["one of two is dead and holds gathering up", [none, stun({}), dead], ["gathering.dead-stun"]],
		["one of two is dead and costs nothing", [none, stun({}), { ...dead, completeMs: 30 }], []],
		["no relay", [none, turn({ candidates: hostOnly })], ["gathering.no-relay"]],
		["no host", [{ ...none, candidates: [] }], ["gathering.no-host"]],
	] as const)("%s", (_, gathered, ids) => {
		expect(judgeGathering(gathered, undefined).map(({ id }) => id)).toEqual(ids);
	});

	test("a TURN server that is known to be broken is not told of twice", () => {
		const silent = [none, turn({ candidates: hostOnly })];
		expect(judgeGathering(silent, relays(false))).toEqual([]);
		expect(judgeGathering(silent, relays(true))).toMatchObject([{ severity: "warning" }]);
	});
});

test("servers over UDP, each once; over TCP and TLS libjuice cannot ask", () => {
	const urls = [
		"stun:a",
		"stun:a:3478",
		"turn:b?transport=tcp",
		"turns:c",
		"turn:d",
		"stun:stun:e",
	];
	const servers = udpServers([{ urls, username: "", password: "" }]);
	expect(servers.map(({ uri }) => uri.host)).toEqual(["a", "d"]);
});
