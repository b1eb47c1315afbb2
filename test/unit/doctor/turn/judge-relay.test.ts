import { expect, test } from "vitest";
import { judgeRelay } from "../../../../src/doctor/turn/judge-relay.js";
import type { RelayTrial } from "../../../../src/doctor/turn/relay-trial.js";
import type { StunReply } from "../../../../src/turn/turn-client.js";
import { claim } from "./a-claim.js";

const server = "198.51.100.7";
const ok = { kind: "success", message: Buffer.alloc(0), rttMs: 1 } as const;
const forbidden: StunReply = {
	...{ kind: "refused", code: 403, reason: "Forbidden IP", message: Buffer.alloc(0) },
};
const all = {
	sent: 100,
	returned: 100,
	duplicates: 0,
	rttMs: Array.from({ length: 100 }, () => 9),
};
const reached = { refused: [], isPermitted: true, isReached: true, channel: ok, echo: all };
const missed = { refused: [], isPermitted: true, isReached: false, isBehindNat: false };
const denied = {
	...{ refused: [{ peer: "10.0.0.5", reply: forbidden }], isPermitted: false, isReached: false },
};

const ids = (trial: Partial<RelayTrial>, address = server) =>
	judgeRelay(claim, address, {
		...{ relayed: { address: server, port: 50_000 }, own: reached, release: ok, refresh: ok },
		...{ multicast: forbidden, loopback: forbidden, ...trial },
	}).map(({ id, severity }) => `${id.slice(5)} ${severity}`);

test("a relay that works is not judged", () => {
	expect(ids({})).toEqual([]);
	expect(ids({ loopback: ok, relayed: { address: "127.0.0.1", port: 5 } }, "127.0.0.1")).toEqual(
		[],
	);
});

test("an echo by a second relay says nothing bad of the first", () => {
	expect(ids({ own: denied, second: { echo: all } })).toEqual([]);
});

test("addresses that nobody reaches", () => {
	expect(ids({ relayed: { address: "0.0.0.0", port: 5 } })).toEqual(["relay-address-wrong fault"]);
	const sentFrom = { address: "10.0.0.9", port: 50_000 };
	expect(ids({ own: { ...missed, sentFrom } })).toEqual(["relay-address-wrong fault"]);
	const relayed = { address: "10.0.0.9", port: 50_000 };
	const second = { echo: all };
	expect(ids({ relayed, own: missed, second })).toEqual(["relay-address-private fault"]);
});

test("closed ports are a fault where no NAT of ours may be to blame, else a warning", () => {
	const second = { echo: all };
	expect(ids({ own: missed, second })).toEqual(["relay-ports-closed fault"]);
	expect(ids({ own: { ...missed, isBehindNat: true }, second })).toEqual([
		"relay-ports-closed warning",
	]);
	for (const dead of [{ failed: "486" }, { echo: { ...all, returned: 0, rttMs: [] } }])
		expect(ids({ own: missed, second: dead })).toEqual(["relay-unreachable fault"]);
});

test("refused peers: LiveKit's address counts for more than ours", () => {
	const livekit = (reply: StunReply) => ({ address: "198.51.100.8", reply });
	expect(ids({ livekit: livekit(forbidden) })).toEqual(["peer-refused fault"]);
	const second = { refused: forbidden };
	expect(ids({ own: denied, second, livekit: livekit(ok) })).toEqual([]);
	expect(ids({ own: denied, second })).toEqual(["peer-refused fault"]);
});

test("what breaks later, and what must be refused", () => {
	expect(ids({ refresh: { kind: "silent" } })).toEqual(["refresh-refused fault"]);
	const { echo: _echo, ...unbound } = { ...reached, channel: forbidden };
	expect(ids({ own: unbound })).toEqual(["channel-refused fault"]);
	expect(ids({ loopback: ok, multicast: ok })).toEqual([
		...["loopback-peers-allowed warning", "multicast-peers-allowed warning"],
	]);
});
