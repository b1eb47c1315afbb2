import { expect, test } from "vitest";
import {
	type CredentialFacts,
	judgeCredentials,
} from "../../../../src/doctor/turn/judge-credentials.js";
import { restCredentials } from "../../../../src/ice/turn-credentials.js";
import { claim } from "./a-claim.js";

const nowMs = 1_800_000_000_000;
const secret = "the-secret-of-the-server";
const made = (with_ = secret, ttlMs = 60_000) =>
	restCredentials({ secret: with_, name: "n", ttlMs, nowMs });
const settings = {
	...{ fileName: "turnserver.conf", realm: "a", secrets: [secret] },
	isRest: true,
};

const judged = (facts: Partial<CredentialFacts>) =>
	judgeCredentials({
		...{ claim, credentials: made(), realm: "a", nowMs, clockOffsetMs: 0, settings: undefined },
		...facts,
	});

const plain = { username: "alice", password: "the-password-of-alice" };
const cases: [name: string, facts: Partial<CredentialFacts>, id: string, confidence: string][] = [
	["run out", { credentials: made(secret, -1_000) }, "credentials-expired", "proven"],
	[
		"run out, whatever the file says",
		{ credentials: made("x", -1), settings },
		"credentials-expired",
		"proven",
	],
	["run out by the server's clock", { clockOffsetMs: 61_000 }, "clock-skew", "likely"],
	["not yet by the server's clock", { clockOffsetMs: -61_000 }, "wrong-secret", "likely"],
	["another realm", { realm: "b", settings }, "wrong-realm", "proven"],
	["another secret", { credentials: made("another"), settings }, "wrong-secret", "proven"],
	["another secret, no file", { credentials: made("another") }, "wrong-secret", "likely"],
	["right by the file", { settings }, "other-config", "likely"],
	["no expiry where one is wanted", { credentials: plain, settings }, "credentials-kind", "proven"],
	["a fixed user", { credentials: plain }, "credentials-rejected", "possible"],
	[
		"a fixed user, as the file wants",
		{ credentials: plain, settings: { ...settings, isRest: false, secrets: [] } },
		...(["credentials-rejected", "possible"] as const),
	],
];

test.each(cases)("%s", (_name, facts, id, confidence) => {
	const judgement = judged(facts);
	expect(judgement).toMatchObject({ id: `turn.${id}`, confidence, severity: "fault" });
	const said = JSON.stringify(judgement);
	for (const hidden of [secret, made().password, plain.password])
		expect(said).not.toContain(hidden);
});

test("both realms are named, and so is how long ago it ended", () => {
	expect(judged({ realm: "b", settings }).title).toContain("realm `b` ≠ `a`");
	expect(judged({ credentials: made(secret, -90_000) }).title).toContain("ran out 90 s ago");
	expect(judged({ credentials: made(secret, -86_400_000) }).title).toContain("24 h ago");
});
