import { expect, test } from "vitest";
import type { ServerClaim } from "../../../../src/doctor/turn/claims.js";
import { judgeStun } from "../../../../src/doctor/turn/judge-stun.js";
import type { Binding, StunTrial } from "../../../../src/doctor/turn/stun-trial.js";
import { claim as turnClaim } from "./a-claim.js";

const claim: ServerClaim = { ...turnClaim, protocol: "stun", host: "stun.example" };
const silent: Binding = { kind: "silent" };
const lost: Binding = {
	...{ kind: "lost", error: { code: "ECONNREFUSED", message: "", cause: "turn-unreachable" } },
};
const ids = (binding: Binding, trial: Partial<StunTrial> = {}) =>
	judgeStun([{ claim, address: "198.51.100.7", binding, ...trial }]).map(({ id }) => id);

test("an answer with an address is all that is asked for", () => {
	const mapped = { address: "192.0.2.1", port: 5 };
	expect(ids({ kind: "mapped", mapped, rttMs: 1 })).toEqual([]);
});

test("each other answer, and none, is a warning of its own", () => {
	expect(ids({ kind: "unmapped" })).toEqual(["stun.wrong-answer"]);
	expect(ids({ kind: "refused", code: 401, reason: "" })).toEqual(["stun.asks-credentials"]);
	expect(ids({ kind: "refused", code: 500, reason: "" })).toEqual(["stun.wrong-answer"]);
	expect(ids(silent)).toEqual(["stun.no-answer"]);
	expect(ids(silent, { answersTurn: true })).toEqual(["stun.switched-off"]);
	expect(ids(lost)).toEqual(["stun.refused"]);
});

test("a TURN server that is dead, and public STUN out of reach, are told elsewhere", () => {
	for (const binding of [silent, lost]) {
		expect(ids(binding, { claim: turnClaim })).toEqual([]);
		expect(ids(binding, { claim: { ...claim, host: "stun.l.google.com" } })).toEqual([]);
	}
	expect(ids(silent, { claim: turnClaim, answersTurn: true })).toEqual(["stun.switched-off"]);
});
