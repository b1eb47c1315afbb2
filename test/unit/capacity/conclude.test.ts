import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { capacityHtml } from "../../../src/capacity/capacity-html.js";
import type { CapacityStep } from "../../../src/capacity/capacity-result.js";
import { capacityLine, capacityText } from "../../../src/capacity/capacity-text.js";
import { type ConclusionFacts, conclude } from "../../../src/capacity/conclude.js";
import type { Varied } from "../../../src/capacity/vary.js";
import { aFailure, aStep } from "./a-step.js";

const varied: Varied = {
	...{ unit: "participants", least: 1, grid: 1, now: 20 },
	participantsAt: (count) => count,
	countFor: (participants) => participants,
	override: (participants) => ({ flag: "--vary participants", participants }),
};

const serverAt = (count: number) => ({
	cpuCores: count / 50,
	cores: 2,
	rssBytes: 5e7 + count * 1e6,
});
const passed = (count: number, step: number): CapacityStep =>
	aStep({ step, count, participants: count, server: serverAt(count), connectP95Ms: 100 + count });
const broken = (count: number, step: number, own: Partial<CapacityStep> = {}) =>
	aFailure({ step, count, participants: count, server: serverAt(count), ...own });

/** 90 hold and 96 break, with the server's CPU used up. */
const found = [passed(20, 1), passed(40, 2), passed(80, 3), broken(160, 4), broken(120, 5)].concat([
	passed(90, 6),
	broken(96, 7),
	broken(96, 8),
	passed(90, 9),
]);

function result(own: Partial<ConclusionFacts> = {}) {
	return conclude({
		...{ scenario: "many", seed: 1, startedAt: "2026-01-01T00:00:00.000Z", durationMs: 300_000 },
		...{ ended: "found", varied, goesThroughTurn: false, growth: "linear", steps: found },
		server: { url: "10.0.0.5:7880", embedded: false, version: "1.13.5", sharesMachine: false },
		machine: { cpu: "x", cores: 8 },
		...own,
	});
}

const invalid: Partial<CapacityStep> = { outcome: "invalid", invalidities: ["too slow"] };
const atTester = [passed(20, 1), passed(40, 2), broken(44, 3, invalid), broken(44, 4, invalid)];

describe("a limit of the server", () => {
	test("is a number with an interval, who broke, and exit code 0", () => {
		const { limit, breaks, atLeast, limitedBy, interval, exitCode } = result();
		expect({ limit, breaks, atLeast, limitedBy, exitCode }).toEqual({
			...{ limit: 90, breaks: 96, atLeast: false, limitedBy: "server", exitCode: 0 },
		});
		expect(interval.low).toBeLessThanOrEqual(90);
		expect(interval.high).toBeGreaterThanOrEqual(95);
	});

	test("comes with what one more participant costs, from the runs that passed", () => {
		const { costs } = result();
		expect(costs.serverCpuCores).toMatchObject({ model: "linear", points: 5 });
		expect(costs.serverCpuCores?.value).toBeCloseTo(0.02, 6);
		expect(costs.serverRssBytes?.value).toBeCloseTo(1e6, 0);
	});

	test("is extrapolated only when asked, and marked", () => {
		expect(result().extrapolation).toBeUndefined();
		const { extrapolation } = result({ extrapolateCores: 16 });
		expect(extrapolation).toMatchObject({ extrapolated: true, cores: 16, participants: 720 });
		expect(extrapolation?.assumption).toMatch(/^Extrapolated, not measured/);
	});

	test("that is a number in its config is not extrapolated", () => {
		const failures = [{ stage: "socket", cause: "server-error", count: 1 }];
		const steps = found.map((step) =>
			step.outcome === "passed" ? step : { ...step, server: { cpuCores: 0.4, cores: 2 }, failures },
		);
		const { extrapolation, limitedBy, notes } = result({ steps, extrapolateCores: 16 });
		expect(limitedBy).toBe("server");
		expect(extrapolation).toBeUndefined();
		expect(notes.join()).toContain("Not extrapolated");
	});
});

describe("a limit of the tester", () => {
	test("is a lower bound without an upper end, and exit code 3", () => {
		const { limit, atLeast, limitedBy, interval, exitCode } = result({ steps: atTester });
		expect({ limit, atLeast, limitedBy, exitCode, high: interval.high }).toEqual({
			...{ limit: 40, atLeast: true, limitedBy: "tester", exitCode: 3, high: null },
		});
		expect(capacityLine(result({ steps: atTester }))).toBe(
			"many: at least 40 participants, limited by the tester",
		);
	});

	test("is never extrapolated", () => {
		const { extrapolation, notes } = result({ steps: atTester, extrapolateCores: 16 });
		expect(extrapolation).toBeUndefined();
		expect(notes.join()).toContain("not the server that broke first");
	});
});

describe("the exit code", () => {
	const least = [broken(1, 1), broken(1, 2)];
	test.each([
		["least-breaks", least, 99],
		["least-breaks", [broken(1, 1, invalid), broken(1, 2, invalid)], 3],
		["most-holds", [passed(20, 1)], 0],
		["time", found.slice(0, 5), 0],
		["stopped", found.slice(0, 3), 130],
		["server-lost", found.slice(0, 3), 1],
		["error", [], 1],
	] as const)("of a search that ended with %s", (ended, steps, code) => {
		expect(result({ ended, steps }).exitCode).toBe(code);
	});
});

test("where not even the least holds, the sentence says so and why", () => {
	const steps = [broken(1, 1), broken(1, 2)];
	expect(capacityLine(result({ ended: "least-breaks", steps }))).toBe(
		"many: not even 1 participants hold: rtp.loss mean < 0.5% (4.00%)",
	);
});

test("the number is said to be at least that where nothing broke", () => {
	const { atLeast, limitedBy, limit } = result({ ended: "most-holds", steps: [passed(20, 1)] });
	expect({ atLeast, limitedBy, limit }).toEqual({ atLeast: true, limitedBy: "none", limit: 20 });
});

test("server and tester on one machine are told", () => {
	const server = { url: "127.0.0.1:7880", embedded: true, sharesMachine: true };
	expect(result({ server }).notes.join()).toContain("share the 8 cores");
	expect(result().notes).toEqual([]);
});

test("the published schema describes it", () => {
	const schema = JSON.parse(readFileSync("schema/capacity.schema.json", "utf8"));
	const isValid = new Ajv({ strict: false }).compile(schema);
	for (const one of [result({ extrapolateCores: 16 }), result({ ended: "stopped", steps: [] })])
		expect(isValid(JSON.parse(JSON.stringify(one))), JSON.stringify(isValid.errors)).toBe(true);
	expect(isValid({ ...result(), limitedBy: "weather" })).toBe(false);
});

describe("the report", () => {
	test("in text has the answer first, every run, the chart and where it is kept", () => {
		const text = capacityText(result(), 80, "results/x");
		expect(text.split("\n")[0]).toBe(capacityLine(result()));
		expect(text).toContain("server CPU, cores against participants");
		expect(text.match(/^ +\d+ +ramp /gm)).toHaveLength(9);
		expect(text).toContain("results in results/x");
		const drawn = text.slice(text.indexOf("run  why"), text.indexOf("one more participant"));
		for (const line of drawn.split("\n")) expect(line.length).toBeLessThanOrEqual(84);
	});

	test("in HTML has a dot a run in each chart, no script, and nothing of a name as markup", () => {
		const html = capacityHtml(result({ scenario: "<b>x" }), (count) => count);
		expect(html.match(/<circle class="passed"/g)).toHaveLength(5 * 4);
		expect(html.match(/<circle class="failed"/g)).toHaveLength(4 * 4);
		expect(html).not.toContain("<script");
		expect(html).not.toContain("<b>x");
		expect(html).not.toContain("NaN");
		expect(html).not.toContain("undefined");
	});

	test("of nothing measured is a sentence, and a page without charts", () => {
		const empty = result({ ended: "stopped", steps: [] });
		expect(capacityText(empty, 80, "x")).toMatch(/^many: nothing was measured/);
		expect(capacityHtml(empty, (count) => count)).not.toMatch(/<svg|<table/);
	});
});
