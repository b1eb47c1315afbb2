import fc from "fast-check";
import { expect, test } from "vitest";
import { page } from "../../../src/report/html/page.js";
import { sidesOf } from "../../../src/report/html/side.js";
import type { Report } from "../../../src/report/report.js";
import { reportCase } from "../../rig/report-case.js";

const assets = { script: "0", style: "a{}" };

test.each([
	`<img src=x onerror=alert(1)>`,
	`</script><script>alert(1)</script>`,
	`<!--<script>`,
	`"onmouseover="alert(1)`,
	`'><svg/onload=alert(1)>`,
])("%s in every text of both runs adds nothing to the page's structure", async (text) => {
	const [plain, hostile] = await Promise.all([skeleton("word"), skeleton(text)]);
	expect(hostile).toEqual(plain);
});

test("no text whatever opens a tag or closes an attribute", async () => {
	const plain = await skeleton("word");
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
			expect(await skeleton(`word ${text}`)).toEqual(plain);
		}),
		{ numRuns: 30 },
	);
});

test("marks that reorder text and escape sequences are taken out", async () => {
	const html = String(await page(sidesOf(withText("a\u202eb\u001b[31mc"), undefined), assets));
	expect(html.includes("\u202e") || html.includes("\u001b")).toBe(false);
	expect(html.includes("<title>failed abc · livesoak</title>")).toBe(true);
});

/** The page without its texts: every tag with its attribute names, in order. Metric names are attribute values. */
async function skeleton(text: string): Promise<string[]> {
	const report = withText(text);
	const html = String(await page(sidesOf(report, report), assets));
	const withoutData = html.replace(/<script type="application\/json"[\s\S]*?<\/script>/, "");
	return (withoutData.match(/<\/?[a-z!][^>]*>/gi) ?? []).map((tag) => tag.replace(/="[^"]*"/g, ""));
}

/** Every text that may come from outside is `text`. */
function withText(text: string): Report {
	const report = reportCase({ participants: 3, durationMs: 10_000, overAgents: true });
	const { summary, run } = report;
	if (!summary || !run) throw new Error("the case has both");
	const { version, url } = { version: text, url: text };
	return {
		...report,
		name: text,
		run: { ...run, command: text, scenarioFile: text, livesoakVersion: text, machine: text },
		missing: [text],
		marks: report.marks.map((mark) => ({ ...mark, text })),
		agents: report.agents.map((agent) => ({
			...{ ...agent, name: text, version: text },
			tookOver: agent.tookOver.map((one) => ({ ...one, lost: text })),
			...(agent.lost && { lost: { ...agent.lost, reason: text } }),
		})),
		worst: report.worst.map((life) => ({
			...life,
			why: text,
			events: life.events.map((event) => ({ ...event, text })),
		})),
		summary: {
			...summary,
			scenario: text,
			engines: { [text]: text },
			server: { ...summary.server, version, url },
			failures: [{ stage: text, cause: text, count: 1 }],
			lostCauses: [{ cause: text, count: 1 }],
			unknown: [text],
			thresholds: summary.thresholds.map((one) => ({ ...one, metric: text, expression: text })),
			invalidities: [{ rule: text, observed: 1, limit: 0, unit: text, text }],
			faults: summary.faults.map((fault) => ({ ...fault, do: text, means: text, levelText: text })),
		},
	};
}
