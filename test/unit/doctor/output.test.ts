import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Diagnosis, diagnose } from "../../../src/doctor/diagnosis.js";
import type { CheckReport } from "../../../src/doctor/examine.js";
import type { Finding } from "../../../src/doctor/finding.js";
import { diagnosisMarkdown } from "../../../src/doctor/output/markdown.js";
import { checkText, conclusionText } from "../../../src/doctor/output/tree.js";
import { wrap } from "../../../src/doctor/output/wrap.js";

const plain = { chalk: new Chalk({ level: 0 }) };

const realm: Finding = {
	id: "turn.wrong-credentials",
	severity: "fault",
	confidence: "proven",
	title: "TURN rejects the credentials: realm `a` ≠ `b`",
	cause: "No relay is allocated, and whoever needs one hears nothing.",
	fix: "turnserver.conf:12: set realm=b.",
	evidence: ["Allocate: 401", "again with credentials: 401"],
};

function report(id: string, change: Partial<CheckReport> = {}): CheckReport {
	const rest = { title: `${id}?`, status: "ok", durationMs: 3, lines: [], findings: [] } as const;
	return { id, ...rest, ...change };
}

const faulty = [
	report("dns", { lines: ["lk.example.org → 192.0.2.7"] }),
	report("turn", { status: "fault", durationMs: 1234, findings: [realm] }),
	report("audio", { status: "skipped", lines: ["nobody is connected"] }),
];

describe("the tree", () => {
	const text = faulty.map((each) => checkText(each, plain)).join("");

	test("has a mark, the question, the time, and a branch for each line", () => {
		expect(text.split("\n")).toEqual([
			`✓ dns: dns?${" ".repeat(66)}3ms`,
			"  └ lk.example.org → 192.0.2.7",
			`✗ turn: turn?${" ".repeat(61)}1234ms`,
			"– audio: audio?",
			"  └ nobody is connected",
			"",
		]);
	});

	test("ends with the one line that counts", () => {
		const end = conclusionText(diagnose(faulty), plain);
		expect(end).toMatchInlineSnapshot(`
			"
			1. ✗ TURN rejects the credentials: realm \`a\` ≠ \`b\`
			     why  No relay is allocated, and whoever needs one hears nothing.
			     do   turnserver.conf:12: set realm=b.
			     seen Allocate: 401
			          again with credentials: 401
			     id   turn.wrong-credentials, proven

			✗ audio cannot work: TURN rejects the credentials: realm \`a\` ≠ \`b\`
			"
		`);
	});

	test("stays within 80 columns, or within the terminal, whatever servers say", () => {
		fc.assert(
			fc.property(
				fc.string({ maxLength: 300 }),
				fc.integer({ min: 40, max: 200 }),
				(words, columns) => {
					const style = { ...plain, columns };
					const findings = [
						{ ...realm, title: words, cause: words, fix: words, evidence: [words] },
					];
					const one = report("turn", { status: "fault", title: words, lines: [words], findings });
					const shown = checkText(one, style) + conclusionText(diagnose([one]), style);
					for (const line of shown.split("\n"))
						expect(line.length).toBeLessThanOrEqual(Math.min(80, columns));
				},
			),
		);
	});

	test("no escape sequence from outside reaches the terminal", () => {
		const one = report("http", { lines: ["Server: \u001b[2Jnginx\n"] });
		expect(checkText(one, plain)).toContain("└ Server: nginx");
	});
});

test("wrapping keeps every word, in order", () => {
	const words = fc.array(fc.stringMatching(/^[a-z:/]{1,30}$/), { minLength: 1 });
	fc.assert(
		fc.property(words, fc.integer({ min: 1, max: 40 }), (all, width) => {
			const lines = wrap(all.join(" "), width);
			expect(lines.join("").replaceAll(" ", "")).toBe(all.join(""));
			for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
		}),
	);
});

describe("the Markdown report", () => {
	const facts = { livesoakVersion: "0.1.0", examinedAt: "2026-11-22T14:00:00Z", server: "lk:7880" };

	test("has summary, findings and checks", () => {
		const text = diagnosisMarkdown(diagnose(faulty), facts);
		expect(text).toMatch(/^# ❌ audio cannot work: TURN rejects the credentials/);
		expect(text).toContain("livesoak doctor 0.1.0, 2026-11-22T14:00:00Z, server lk:7880");
		expect(text).toContain("## 1. ❌ TURN rejects the credentials: realm \\`a\\` ≠ \\`b\\`");
		expect(text).toContain("- ✅ dns: ok, 3ms\n  - lk.example.org → 192.0.2.7\n- ❌ turn");
	});

	test("is inert: nothing from outside becomes a link, an image or a mention", () => {
		const evil = "![x](http://evil) <b> @everyone";
		const diagnosis: Diagnosis = diagnose([report("http", { lines: [evil] })]);
		const text = diagnosisMarkdown(diagnosis, facts);
		expect(text).not.toMatch(/!\[|<b>|@everyone/);
	});
});
