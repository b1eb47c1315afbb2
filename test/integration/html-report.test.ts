import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { htmlReport } from "../../src/report/html/html-report.js";
import type { Report } from "../../src/report/report.js";
import { count, figure } from "../../src/sink/figure.js";
import type { Summary } from "../../src/verdict/summary.js";
import { withBrowser } from "../rig/browser.js";
import { requirePart } from "../rig/real-parts.js";
import { emptyReportCase, nobodyConnectedCase, reportCase } from "../rig/report-case.js";

const group = requirePart("chromium");

group("the HTML report in Chromium", () => {
	const open = withBrowser();
	const run = reportCase();
	const other = reportCase({ name: "base", seed: 9, slower: 1.4, durationMs: 100_000 });
	const short = reportCase({ durationMs: 8_000 });
	const eightHours = { participants: 1_000, durationMs: 8 * 3_600_000 };

	test("loads without a complaint and asks no network", async () => {
		const { page, complaints } = await open(await htmlReport(run));
		expect(await page.locator("canvas").count()).toBe(8);
		expect(await page.locator("h1").innerText()).toMatch(/^failed relay$/i);
		expect(complaints).toEqual([]);
	});

	test.each([
		["of nothing", emptyReportCase(), undefined],
		["in which nobody connected", nobodyConnectedCase(), undefined],
		["compared with nothing", run, emptyReportCase()],
	])("a report %s loads without a complaint", async (_, report, compared) => {
		const { page, complaints } = await open(await htmlReport(report, compared));
		expect(await page.locator("h1").count()).toBe(compared ? 2 : 1);
		expect(complaints).toEqual([]);
	});

	test("its figures are those of summary.json", async () => {
		const { page } = await open(await htmlReport(run));
		const shown = await figuresOf(page);
		const wanted = figuresIn(summaryOf(run));
		for (const [name, { value, text }] of wanted) {
			const all = shown.filter((one) => one.name === name);
			expect(all.length, name).toBeGreaterThan(0);
			for (const one of all) expect(one).toEqual({ name, value: String(value), text });
		}
	});

	test("of two runs it shows the figures of both", async () => {
		const { page, complaints } = await open(await htmlReport(run, other));
		const shown = await figuresOf(page);
		for (const [letter, report] of [
			["", run],
			["B.", other],
		] as const) {
			const { p95 } = summaryOf(report).metrics["connect.media"] ?? {};
			const name = `${letter}connect.media.p95`;
			expect(shown).toContainEqual({ name, value: String(p95), text: figure(p95, "ms") });
		}
		expect(complaints).toEqual([]);
	});

	test("dragging on one chart zooms all of them, double-click shows the whole run", async () => {
		const { page } = await open(await htmlReport(run));
		expect(await rangeOf(page)).toEqual([0, 120]);
		const drawn = await pictures(page);
		const plot = await boxOf(page, "participants");
		await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 40);
		await page.mouse.down();
		await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 40, { steps: 4 });
		await page.mouse.up();
		const [from = 0, until = 0] = await rangeOf(page);
		expect(Math.abs(from - 30)).toBeLessThan(1);
		expect(Math.abs(until - 60)).toBeLessThan(1);
		const zoomed = await pictures(page);
		for (const [index, picture] of zoomed.entries()) expect(picture === drawn[index]).toBe(false);

		await page.mouse.dblclick(plot.x + plot.width * 0.5, plot.y + 40);
		expect(await rangeOf(page)).toEqual([0, 120]);
	});

	test("the cursor on one chart reads all of them at the same moment", async () => {
		const { page } = await open(await htmlReport(run));
		const plot = await boxOf(page, "jitter");
		await page.mouse.move(plot.x + plot.width * 0.525, plot.y + 30);
		await page.locator("#chart-loss .readout:not(:empty)").waitFor({ state: "attached" });
		const texts = await page.locator(".readout").allInnerTexts();
		expect(texts).toHaveLength(8);
		for (const text of texts) expect(text).toMatch(/^01:0[23] /);
		const at = run.series.elapsedMs.findIndex((ms) => Math.abs(ms - 63_000) < 500);
		const jitterMs = [at - 1, at, at + 1].map((index) =>
			figure(run.series.jitterMs[index] ?? 0, "ms"),
		);
		expect(jitterMs).toContain(texts[3]?.split(" ").at(-1));
	});

	test("keys move the cursor and the zoom, and what is under it is told in words", async () => {
		const { page } = await open(await htmlReport(run));
		const slider = page.locator("#chart-loss [role=slider]");
		await slider.focus();
		await page.keyboard.press("End");
		await page.keyboard.press("ArrowLeft");
		expect(await slider.getAttribute("aria-valuetext")).toMatch(/^01:59 +packet loss 0\.\d+%$/);
		await page.keyboard.press("+");
		const [from = 0, until = 0] = await rangeOf(page);
		expect([from, until]).toEqual([60, 120]);
		await page.keyboard.press("0");
		expect(await rangeOf(page)).toEqual([0, 120]);
		await page.getByRole("button", { name: "closer" }).press("Enter");
		expect(await rangeOf(page)).toEqual([30, 90]);
	});

	test("names with HTML in them are shown as they are and do nothing", async () => {
		const bad = `</script><img src=x onerror="document.title='owned'">`;
		const marks = [{ kind: "fault", fromMs: 1_000, text: bad }] as const;
		const hostile = { ...run, name: bad, marks, summary: { ...summaryOf(run), scenario: bad } };
		const { page, complaints } = await open(await htmlReport(hostile, hostile));
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("h1").first().innerText()).toContain(bad);
		expect(await page.title()).toContain(bad);
		expect(complaints).toEqual([]);
	});

	test("a script that came in all the same would not run", async () => {
		const html = (await htmlReport(run)).replace(
			"<main",
			"<script>document.title='owned'</script><main",
		);
		const { page, complaints } = await open(html);
		expect(await page.title()).not.toContain("owned");
		expect(complaints.join()).toMatch(/Content Security Policy/);
	});

	test.each([
		["light", short, { ...short, name: "base" }],
		["dark", short, undefined],
		["light", emptyReportCase(), undefined],
	] as const)("axe finds nothing serious: %s theme", async (colorScheme, report, compared) => {
		const { page } = await open(await htmlReport(report, compared), { colorScheme });
		await page.evaluate(
			`document.querySelectorAll("details").forEach((one) => { one.open = true; })`,
		);
		await page.evaluate(axe.source);
		const { violations, passes } = await page.evaluate<AxeResults>("axe.run()");
		const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
		expect(grave.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
		expect(passes.map(({ id }) => id)).toContain("color-contrast");
	});

	test("on a telephone nothing but tables and the menu scrolls sideways", async () => {
		const { page } = await open(await htmlReport(run, other), {
			viewport: { width: 390, height: 800 },
		});
		expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
	});

	test("in print the charts fit the paper and the controls are gone", async () => {
		const { page } = await open(await htmlReport(run), { colorScheme: "dark" });
		await page.emulateMedia({ media: "print" });
		await expect
			.poll(async () => (await page.locator(".uplot").first().boundingBox())?.width)
			.toBe(700);
		expect(await page.locator("nav").isVisible()).toBe(false);
		expect(await page.locator(".toolbar").isVisible()).toBe(false);
		expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
			"rgb(255, 255, 255)",
		);
	});

	test.each([20_000, 1_000])(
		"eight hours of 1,000 participants in steps of %d ms stay below 2 MB",
		async (stepMs) => {
			const html = await htmlReport(reportCase({ ...eightHours, stepMs }));
			const bytes = Buffer.byteLength(html);
			const { page, complaints } = await open(html);
			const readyMs = await page.evaluate<number>(
				`performance.getEntriesByType("navigation")[0].loadEventEnd`,
			);
			process.stderr.write(
				`8 h × 1,000 participants, steps of ${stepMs} ms: ${count(bytes)} bytes, ready after ${Math.round(readyMs)} ms\n`,
			);
			expect(bytes).toBeLessThan(2_000_000);
			expect(await page.locator("canvas").count()).toBe(8);
			expect(complaints).toEqual([]);
		},
	);
});

function summaryOf({ summary }: Report): Summary {
	if (!summary) throw new Error("the case has a summary");
	return summary;
}

interface Shown {
	readonly name: string;
	readonly value: string;
	readonly text: string;
}

async function figuresOf(page: Page): Promise<Shown[]> {
	return page.evaluate<Shown[]>(
		`[...document.querySelectorAll("data[data-figure]")].map((one) => ({ name: one.dataset.figure, value: one.value, text: one.textContent }))`,
	);
}

/** What the page must show of a summary, by the name it is marked with. */
function figuresIn(summary: Summary): Map<string, { value: number; text: string }> {
	const wanted = new Map<string, { value: number; text: string }>();
	for (const name of ["planned", "joined", "failed", "lost"] as const) {
		const value = summary.participants[name];
		wanted.set(`participants.${name}`, { value, text: count(value) });
	}
	for (const [name, metric] of Object.entries(summary.metrics)) {
		for (const statistic of ["mean", "p50", "p90", "p95", "p99", "p999", "max"] as const) {
			const value = metric[statistic];
			wanted.set(`${name}.${statistic}`, { value, text: figure(value, metric.unit) });
		}
		wanted.set(`${name}.count`, { value: metric.count, text: count(metric.count) });
	}
	for (const { metric, expression, observed, unit } of summary.thresholds) {
		if (observed === undefined) continue;
		wanted.set(`threshold.${metric} ${expression}`, {
			value: observed,
			text: figure(observed, unit),
		});
	}
	for (const one of summary.failures) {
		wanted.set(`failed.${one.stage}.${one.cause}`, { value: one.count, text: count(one.count) });
	}
	return wanted;
}

async function rangeOf(page: Page): Promise<number[]> {
	const range = page.locator(".range");
	return Promise.all(
		["data-from", "data-until"].map(async (name) =>
			Math.round(Number(await range.getAttribute(name))),
		),
	);
}

/** Each chart as it is painted, as a data URL. */
async function pictures(page: Page): Promise<string[]> {
	await page.evaluate(
		"new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
	);
	return page.evaluate<string[]>(
		`[...document.querySelectorAll("canvas")].map((one) => one.toDataURL())`,
	);
}

async function boxOf(page: Page, chart: string) {
	const plot = page.locator(`#chart-${chart} .u-over`);
	await plot.scrollIntoViewIfNeeded();
	const box = await plot.boundingBox();
	if (!box) throw new Error(`chart ${chart} is not drawn`);
	return box;
}
