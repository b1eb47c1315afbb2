import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lintTurnConfig } from "../../../../src/doctor/config/coturn/lint-turn.js";
import { withoutEdits } from "../../../../src/doctor/config/lint-finding.js";
import { lintLivekitConfig } from "../../../../src/doctor/config/livekit/lint-livekit.js";
import { type LintCase, lintCases } from "./lint-cases.js";

const diagnosis = readFileSync(new URL("../../../../docs/diagnosis.md", import.meta.url), "utf8");

const lint = ({ kind, text, facts }: LintCase) =>
	kind === "livekit" ? lintLivekitConfig(text, facts) : lintTurnConfig(text, facts);

test.each(lintCases)("$name", (one) => {
	const { findings } = lint(one);
	expect(findings.map(({ line, id }) => `${line ?? "-"} ${id}`)).toEqual(one.expected);
});

test.each(lintCases)("$name: each finding names its place and says what to do", (one) => {
	for (const { line, fix, title, cause, evidence } of lint(one).findings) {
		const place = line === undefined ? one.facts.fileName : `${one.facts.fileName}:${line}`;
		expect(fix.startsWith(`${place}: `)).toBe(true);
		expect(evidence[0]?.startsWith(place)).toBe(true);
		expect(title).not.toMatch(/[.\n]$|undefined|NaN|\[object/);
		expect(`${cause}${fix}`).not.toMatch(/undefined|NaN|\[object/);
		expect(cause).toMatch(/\.$/);
	}
});

describe("secrets", () => {
	const secrets =
		/0123456789abcdef|not-shown|a-secret-of|hunter2|alice:pw|xxxxxxxx|a secret|abcdef\b|secret=abc/;

	test.each(lintCases)("$name: none is shown", (one) => {
		const { findings, notes } = lint(one);
		expect(JSON.stringify([findings.map(withoutEdits), notes])).not.toMatch(secrets);
	});

	test("a secret on a line of its own, or behind a wrong sign, is not shown", () => {
		const text = "realm=x\nhunter2hunter2hunter2\nstatic-auth-secret:hunter2hunter2\n";
		const facts = { fileName: "t.conf", participants: 2, nowMs: 0 };
		const { findings } = lintTurnConfig(text, facts);
		expect(findings.filter(({ id }) => id === "config.coturn-unknown-option")).toHaveLength(2);
		expect(JSON.stringify(findings.map(withoutEdits))).not.toMatch(/hunter2/);
	});
});

test.each([
	...new Set(lintCases.flatMap(({ expected }) => expected.map((line) => line.split(" ")[1]))),
])("%s has its row in docs/diagnosis.md", (id) => expect(diagnosis).toContain(`| \`${id}\` |`));

test("options that newer versions ignore are told, without a finding", () => {
	const old = lintCases.find(({ name }) => name === "healthy-coturn-old-options");
	if (old === undefined) throw new Error("the case is gone");
	expect(lint(old).notes).toEqual([
		expect.stringContaining("healthy-coturn-old-options.conf:1: no-loopback-peers"),
		expect.stringContaining(":2: no-sslv3"),
	]);
});
