import { expect, test } from "vitest";
import type { Allocation } from "../../../../src/doctor/turn/allocate.js";
import type { ServerClaim } from "../../../../src/doctor/turn/claims.js";
import { judgeTurn, type TurnKnowledge, works } from "../../../../src/doctor/turn/judge-turn.js";
import type { TurnTrial } from "../../../../src/doctor/turn/turn-trial.js";
import { claim } from "./a-claim.js";

const known: TurnKnowledge = {
	...{ nowMs: 0, clockOffsetMs: undefined, settings: undefined, looks: [] },
};
const address = "198.51.100.7";
const refused = (code: number): Allocation => ({
	...{ kind: "refused", at: "credentials", code, reason: "words", challenge: { realm: "r" } },
});
const lost = (code: string): Allocation => ({
	...{ kind: "lost", error: { code, message: `${code} it said`, cause: "turn-unreachable" } },
});
const over = (transport: ServerClaim["transport"], allocation: Allocation): TurnTrial => ({
	...{ claim: { ...claim, transport }, address, allocation },
});
const ids = (...trials: TurnTrial[]) => judgeTurn(trials, known).map(({ id }) => id);

test.each([
	[300, "turn.redirect"],
	[400, "turn.bad-request"],
	[403, "turn.forbidden"],
	[420, "turn.unknown-attribute"],
	[437, "turn.allocation-mismatch"],
	[438, "turn.stale-nonce"],
	[441, "turn.wrong-credentials"],
	[442, "turn.no-udp-relay"],
	[486, "turn.quota"],
	[500, "turn.server-error"],
	[508, "turn.no-capacity"],
	[699, "turn.refuses"],
	[0, "turn.refuses"],
])("%i is %s", (code, id) => {
	const [finding] = judgeTurn([over("udp", refused(code))], known);
	expect(finding).toMatchObject({ id, severity: "fault" });
	expect(finding?.title).toContain("TURN turn.example:3478 over UDP");
	expect(finding?.evidence[0]).toContain(`${code} words`);
});

test.each([
	["CERT_HAS_EXPIRED", "turn.certificate-expired"],
	["CERT_NOT_YET_VALID", "turn.certificate-not-yet-valid"],
	["ERR_TLS_CERT_ALTNAME_INVALID", "turn.certificate-name"],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "turn.certificate-untrusted"],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "turn.certificate-untrusted"],
	["ERR_SSL_WRONG_VERSION_NUMBER", "turn.no-tls"],
	["ECONNRESET", "turn.no-tls"],
	["ECONNREFUSED", "turn.refused"],
	["NOT_TURN", "turn.not-turn"],
])("over TLS, %s is %s", (code, id) => {
	expect(ids(over("tls", lost(code)))).toEqual([id]);
});

test("one transport of a living server is told apart from a dead one", () => {
	const alive = over("tcp", { kind: "no-credentials", challenge: {} });
	for (const dead of [lost("ECONNREFUSED"), { kind: "silent", at: "challenge" } as const]) {
		expect(ids(over("udp", dead), alive)).toEqual(["turn.udp-unreachable"]);
		const elsewhere = { ...alive, claim: { ...alive.claim, host: "other.example" } };
		expect(ids(over("udp", dead), elsewhere)).toEqual([
			dead.kind === "silent" ? "turn.no-answer" : "turn.refused",
		]);
	}
	expect(ids(over("udp", lost("EHOSTUNREACH")))).toEqual(["turn.unreachable"]);
});

test("one cause on several transports of a server is one finding with all evidence", () => {
	const trials = (["udp", "tcp", "tls"] as const).map((each) => over(each, refused(486)));
	const [finding, ...more] = judgeTurn(trials, known);
	expect(more).toEqual([]);
	expect(finding?.evidence).toHaveLength(3);
	const other = { ...over("udp", refused(486)), claim: { ...claim, host: "other.example" } };
	expect(ids(...trials, other)).toEqual(["turn.quota", "turn.quota"]);
});

test("what the check of the list tells is not told again, and does not work", () => {
	const unknown: TurnTrial = { claim, unknownHost: "ENOTFOUND" };
	const bare = over("udp", { kind: "no-credentials", challenge: {} });
	expect(ids(unknown, bare)).toEqual([]);
	expect([unknown, bare].map((trial) => works(trial, known))).toEqual([false, false]);
});
