import { expect, test } from "vitest";
import { page } from "../../../src/report/html/page.js";
import { sidesOf } from "../../../src/report/html/side.js";
import type { Report } from "../../../src/report/report.js";
import { emptyReportCase, nobodyConnectedCase, reportCase } from "../../rig/report-case.js";

test("the verdict and each failing threshold come before everything else", async () => {
	const html = await render(reportCase());
	const header = html.slice(html.indexOf("<header>"), html.indexOf("</header>"));
	expect(header).toMatch(/failed<\/span> relay/);
	expect(header).toContain("2 of 5 thresholds failed.");
	expect(header).toContain("connect.media p95 &lt; 500ms</code> observed 640ms");
	expect(header).toContain("connect.media failed &lt; 0.1%</code> observed 16.67%");
	expect(header).not.toContain("audio.mos p50");
});

test("an invalid run says that it says nothing about the server", async () => {
	const report = reportCase();
	if (!report.summary) throw new Error("the case has a summary");
	const invalidities = [
		{ rule: "lag", observed: 140, limit: 100, unit: "ms", text: "the tester lagged by 140ms" },
	];
	const html = await render({
		...report,
		summary: { ...report.summary, verdict: "invalid", exitCode: 3, invalidities },
	});
	expect(html).toContain("The tester could not keep up, so the figures say nothing");
	expect(html).toContain("The measurement cannot be trusted");
});

test("what is missing is told in the header, and a report of nothing is still a page", async () => {
	const html = await render(emptyReportCase());
	const header = html.slice(html.indexOf("<header>"), html.indexOf("</header>"));
	expect(header).toContain("What is missing from this report");
	expect(header).toContain("summary.json was never written: the run was killed.");
	expect(html).toContain("The timeline of this run holds no step.");
	expect(html).toContain("No connect was recorded.");
});

test("a run in which nobody connected says so where the stages would be", async () => {
	const html = await render(nobodyConnectedCase());
	expect(html).toContain("<strong>Nobody connected.</strong> 12 of 12 joins failed");
	expect(html).toContain("ice-timeout");
	expect(html).toContain("Not measured in this run: packet loss, jitter");
});

test("two runs stand side by side with the difference of the first to the second", async () => {
	const [a, b] = [reportCase(), reportCase({ name: "base", seed: 2, slower: 2 })];
	const html = await render(a, b);
	expect(html).toContain("A: 20261122T145355Z-relay-dee809");
	expect(html).toContain("B: base");
	expect(html).toContain(`data-figure="B.connect.media.p95"`);
	const [own = 0, base = 0] = [a, b].map(({ summary }) => summary?.metrics["connect.media"]?.p95);
	expect(html).toContain(`−${Math.round(base - own)}ms (−`);
});

test("agents: what each was, and what became of it; a run on one machine has none", async () => {
	const html = await render(reportCase({ overAgents: true }));
	const section = html.slice(html.indexOf('<section id="agents"'), html.indexOf('id="failures"'));
	expect(section).toContain("3 agents, 16 cores, 1 lost. Clock");
	expect(section).toContain("<td>400 lite or 100 native</td><td>7</td><td>-1.3ms ± 0.3ms</td>");
	expect(section).toContain('<span class="bad">lost at 01:12 with 5 participants: no message');
	expect(section).toContain("joined at 00:36; took over 5 seats of eu-2 at 01:13");
	expect(await render(reportCase())).not.toContain('id="agents"');
	const both = await render(reportCase({ overAgents: true }), reportCase());
	expect(both).toContain("B The run was on one machine.");
});

test("a run compared with nothing shows what it has", async () => {
	const html = await render(reportCase(), emptyReportCase());
	expect(html).toContain("B No connect was recorded.");
	expect(html).toContain("What is missing from this report");
});

async function render(report: Report, compared?: Report): Promise<string> {
	return String(await page(sidesOf(report, compared), { script: "0", style: "a{}" }));
}
