import { describe, expect, test } from "vitest";
import {
	type ConnectionSight,
	judgeConnection,
} from "../../../../src/doctor/connection/judge-connection.js";
import { connected, failed, offered, sight } from "./sights.js";

const ids = (seen: ConnectionSight) => judgeConnection(seen).map(({ id }) => id);
const relayed = { local: "relay", relayProtocol: "udp" } as const;
const prflx = { remote: "prflx" } as const;

describe("nothing to say", () => {
	test.each([
		["every way is open", { ordinary: connected(), direct: connected(), tcp: connected() }],
		[
			"the server offers no TCP",
			{ ordinary: connected({}, { remote: offered("203.0.113.7", ["udp"]) }) },
		],
		["the light engine alone does not connect", { ordinary: connected(), direct: failed() }],
		["only the ordinary pair was learned", { ordinary: connected(prflx), direct: connected() }],
		[
			"libwebrtc chose TCP where UDP works",
			{ ordinary: connected({ protocol: "tcp" }), direct: connected() },
		],
		["slow is not bad", { ordinary: connected({}, { connectMs: 4_900 }) }],
		["nothing was tried", {}],
	] as const)("%s", (_, attempts) => {
		expect(judgeConnection(sight(attempts))).toEqual([]);
	});
});

describe("one cause for what all ways show", () => {
	const none = { ordinary: failed(), direct: failed(), tcp: failed() };
	const elsewhere = (address: string) => {
		const rest = { remote: offered(address) };
		return { ordinary: failed({}, rest), direct: failed({}, rest), tcp: failed({}, rest) };
	};
	test.each([
		["closed ports", none, "connection.media-ports-closed"],
		["an address of nobody", elsewhere("198.51.100.9"), "connection.advertised-unreachable"],
		["a private address", elsewhere("10.0.0.5"), "connection.private-candidates"],
		["no candidate", { ordinary: failed({}, { remote: [] }) }, "connection.no-server-candidates"],
		[
			"UDP is blocked",
			{ ordinary: connected({ protocol: "tcp" }), direct: failed(), tcp: connected() },
			"connection.udp-blocked",
		],
		[
			"only TCP is offered",
			{ ordinary: connected({ protocol: "tcp" }, { remote: offered("203.0.113.7", ["tcp"]) }) },
			"connection.only-tcp-candidates",
		],
		[
			"only the relay connects",
			{
				ordinary: connected(relayed),
				direct: failed(),
				tcp: failed(),
				"relay-udp": connected(relayed),
			},
			"connection.only-relay",
		],
		[
			"TCP is closed",
			{ ordinary: connected(), direct: connected(), tcp: failed() },
			"connection.tcp-unreachable",
		],
		[
			"ICE connects and DTLS does not",
			{ ordinary: failed(), direct: failed({ stage: "dtls" }, { stagesMs: { ice: 90 } }) },
			"connection.dtls-fails",
		],
		[
			"it is not let in",
			{ ordinary: failed({ stage: "joined", cause: "timeout" }) },
			"connection.join-fails",
		],
		["five seconds", { ordinary: connected({}, { connectMs: 5_100 }) }, "connection.slow"],
	] as const)("%s: %s", (_, attempts, id) => {
		expect(ids(sight(attempts))).toEqual([id]);
	});

	test("a relay that only works because nothing else does is a fault where the ordinary join fails", () => {
		const attempts = { ...none, "relay-udp": connected(relayed) };
		expect(judgeConnection(sight(attempts))).toMatchObject([
			{ id: "connection.only-relay", severity: "fault" },
		]);
	});

	test("the slow stage is named", () => {
		const stagesMs = { socket: 10, joined: 20, gathered: 30, dtls: 6_000 };
		const [finding] = judgeConnection(
			sight({ ordinary: connected({}, { connectMs: 6_000, stagesMs }) }),
		);
		expect(finding?.title).toContain("6.0 s of it at dtls");
	});
});

describe("an address that is only right because the server can reach us", () => {
	const attempts = (address: string) => {
		const rest = { remote: offered(address) };
		return {
			ordinary: connected(prflx, rest),
			direct: connected(prflx, rest),
			tcp: failed({}, rest),
		};
	};
	const local = { host: "localhost", signalAddresses: ["127.0.0.1"] };

	test("is a fault", () => {
		const [finding] = judgeConnection(sight(attempts("198.51.100.9"), local));
		expect(finding).toMatchObject({
			...{ id: "connection.advertised-unreachable", severity: "fault", confidence: "proven" },
		});
		expect(finding?.title).toContain("198.51.100.9");
		expect(finding?.title).toContain("127.0.0.1");
	});

	test("may be right where doctor runs beside the server", () => {
		const [finding] = judgeConnection(sight(attempts("8.8.4.4"), local));
		expect(finding).toMatchObject({ severity: "warning", confidence: "possible" });
	});
});

describe("relays", () => {
	const open = { ordinary: connected(), direct: connected() };
	const relays = (works: boolean) => [{ uri: "turn:t:3478", transport: "udp", works } as const];
	const unreached = { ...open, "relay-udp": failed() };

	test("that allocate and do not connect", () => {
		expect(judgeConnection(sight(unreached, { relays: relays(true) }))).toMatchObject([
			{ id: "connection.relay-cannot-reach-server", confidence: "proven" },
		]);
		expect(judgeConnection(sight(unreached))).toMatchObject([{ confidence: "likely" }]);
	});

	test("that do not allocate for a client though they do for us", () => {
		const refused = { ...open, "relay-udp": failed({ cause: "no-relay-candidate" }) };
		expect(ids(sight(refused, { relays: relays(true) }))).toEqual(["connection.relay-fails"]);
	});

	test("that the check before found broken are its matter", () => {
		expect(ids(sight(unreached, { relays: relays(false) }))).toEqual([]);
	});

	test("that have no UDP to send to are told with it, as a fault", () => {
		const tcpOnly = { remote: offered("203.0.113.7", ["tcp"]) };
		const ordinary = connected({ protocol: "tcp" }, tcpOnly);
		const alone = sight({ ordinary }, { relays: relays(true) });
		expect(judgeConnection(alone)).toMatchObject([{ severity: "warning" }]);
		const beside = sight({ ordinary, "relay-udp": failed({}, tcpOnly) }, { relays: relays(true) });
		expect(judgeConnection(beside)).toMatchObject([
			{ id: "connection.only-tcp-candidates", severity: "fault" },
		]);
	});

	test("that fail with everything else are not the cause", () => {
		const none = { ordinary: failed(), direct: failed(), "relay-udp": failed() };
		expect(ids(sight(none, { relays: relays(true) }))).toEqual(["connection.media-ports-closed"]);
	});
});
