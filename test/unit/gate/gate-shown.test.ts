import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { gateHtml } from "../../../src/gate/gate-html.js";
import { gateJunit } from "../../../src/gate/gate-junit.js";
import { gateMarkdown } from "../../../src/gate/gate-markdown.js";
import { type GateResult, gateResultSchema } from "../../../src/gate/gate-result.js";
import { gateText } from "../../../src/gate/gate-text.js";
import { jsonSchemaText } from "../../../src/scenario/json-schema.js";

const published = readFileSync(
	new URL("../../../schema/gate.schema.json", import.meta.url),
	"utf8",
);
const test1 = "paired t over rounds, TOST";

const result: GateResult = {
	...{
		schema: 1,
		verdict: "failed",
		exitCode: 99,
		reason: "the candidate is worse: rtp.loss mean",
	},
	...{ gateId: "g", startedAt: "2026-01-01T00:00:00.000Z", scenario: "short", scenarioHash: "ff" },
	...{ seed: 1, livesoakVersion: "0.1.0", rounds: 8, roundsInvalid: 1, alpha: 0.05, power: 0.9 },
	baseline: { kind: "binary", name: "/a/<b>|c", serverVersion: "v1.9.12", rounds: 4 },
	candidate: { kind: "url", name: "host:7880", rounds: 4 },
	looks: [{ pairs: 4, level: 0.05 }],
	notes: ["a note"],
	figures: [
		{
			...{ metric: "rtp.loss mean", unit: "ratio", verdict: "worse", judges: true, test: test1 },
			...{ baseline: 0, candidate: 0.02, effect: 0.02, margin: 0.002, pValue: 1e-6, pairs: 4 },
			interval: { low: 0.018, high: 0.022, confidence: 0.9 },
		},
		{
			...{ metric: "rtp.rtt p50", unit: "ms", verdict: "unknown", judges: true, test: test1 },
			...{ pairs: 4, roundsNeeded: 40, why: "too noisy: about 32 more rounds" },
		},
		{
			...{ metric: "server.rss", unit: "bytes", verdict: "worse", judges: false, test: test1 },
			...{ baseline: 50e6, candidate: 99e6, effect: 49e6, relativeEffect: 0.98, pairs: 4 },
		},
	],
};
const round = (value: number) => {
	return { pair: 1, startedAt: "", participants: 1, values: { "rtp.loss mean": value } };
};

test("the published schema is the one the code has, and takes a result (else: npm run schema)", () => {
	expect(published).toBe(jsonSchemaText(gateResultSchema));
	const validate = new Ajv().compile(JSON.parse(published));
	expect(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors)).toBe(true);
	expect(validate({ ...result, verdict: "good" })).toBe(false);
});

test("JUnit: the gate and what is worse fail, what is unknown or has no say is skipped", () => {
	const xml = gateJunit(result);
	expect(xml.match(/<failure /g)).toHaveLength(2);
	expect(xml.match(/<skipped/g)).toHaveLength(2);
	expect(xml).toContain("rtp.loss mean, worse, 0.00%, 2.00%");
	expect(gateJunit({ ...result, verdict: "passed", figures: [] })).not.toContain("<failure");
});

test("Markdown: one line of verdict, the figures, those without a say folded away, nothing of others' HTML", () => {
	const text = gateMarkdown(result);
	expect(text.split("\n")[0]).toBe(
		"# ❌ FAILED after 8 rounds: the candidate is worse: rtp.loss mean",
	);
	expect(text).toContain(
		"| rtp.loss mean | ❌ worse | 0.00% | 2.00% | +2.00% | +1.80% to +2.20% | ±0.20% | 4 |",
	);
	expect(text).toContain("32 more rounds");
	expect(text.indexOf("server.rss")).toBeGreaterThan(text.indexOf("<details>"));
	expect(text).not.toContain("<b>");
});

test("HTML: both sides, every figure, a dot a round, nothing from elsewhere, nothing of others' HTML", () => {
	const rounds = { baseline: [round(0), round(0.001)], candidate: [round(0.02)], arePaired: true };
	const page = gateHtml(result, rounds);
	expect(page.match(/<circle /g)).toHaveLength(3);
	for (const { metric } of result.figures) expect(page).toContain(metric);
	expect(page).toContain("&lt;b&gt;");
	expect(page).not.toMatch(/<b>|https?:\/\//);
	const none = { baseline: [], candidate: [], arePaired: true };
	expect(gateHtml({ ...result, figures: [] }, none)).not.toContain('class="figures"');
});

test("terminal: a table, why it is unknown, and the verdict last; colour only where it is wanted", () => {
	const plain = gateText(result, new Chalk({ level: 0 }), "results/g");
	expect(plain.split("\n").at(-1)).toMatch(/^FAILED after 8 rounds/);
	expect(plain).toContain("+49.0MB (+98.0%)");
	expect(plain).not.toContain("\u001b[");
	expect(gateText(result, new Chalk({ level: 1 }), "results/g")).toContain("\u001b[");
});
