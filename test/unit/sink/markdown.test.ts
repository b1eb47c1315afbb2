import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeMarkdown, summaryMarkdown } from "../../../src/sink/markdown.js";
import { aggregatesOf, samples, summaryOf } from "./fabricated-run.js";

const summary = summaryOf(aggregatesOf(samples));
const text = summaryMarkdown(summary);

test.each([
	["the verdict as its title", /^# ❌ FAILED smoke: 1 of 3 thresholds failed/],
	["thresholds with what was observed", /\| ❌ \| rtp\.loss mean &lt; 0\.5% \| 2\.00% \|/],
	["thresholds that hold", /\| ✅ \| connect\.media p95 &lt; 2s \| 410ms \|/],
	["stages", /\| media \| 12 \| 350ms \| 400ms \| 410ms \| 410ms \| 410ms \|/],
	["stages of one peer connection", /\| dtls\.subscriber \| 12 \| 171ms \|/],
	["failures", /\| failed \| ice \| turn-unreachable \| 2 \|/],
	["pairs", /\| subscriber: relay \(tls\) → host over tcp \| 12 \|/],
	["participants", /15 planned, 12 joined, 3 failed, 1 lost/],
])("shows %s", (_what, expected) => {
	expect(text).toMatch(expected);
});

test("a table row has as many cells as its head, whatever a cause or a name says", () => {
	const hostile = fc.string({
		unit: fc.constantFrom("|", "\\", "`", "<b>", "\n", "@all", "[x](y)", "a"),
	});
	fc.assert(
		fc.property(hostile, (words) => {
			const shown = summaryMarkdown({
				...summary,
				scenario: words,
				failures: [{ stage: "ice", cause: words, count: 1 }],
			});
			const rows = shown.slice(shown.indexOf("## Failures")).split("\n").slice(2, 6);
			for (const row of rows) expect(row.match(/(?<!\\)(?:\\\\)*\|/g), row).toHaveLength(5);
			expect(shown).not.toMatch(/<b>|@all|(?<!\\)(?:\\\\)*\[x/);
		}),
	);
});

test("text from outside is inert", () => {
	expect(escapeMarkdown("<img src=x> | `a` @me [l](u) \u001b[31m_x_")).toBe(
		"&lt;img src=x&gt; \\| \\`a\\` &#64;me \\[l\\](u) \\_x\\_",
	);
});
