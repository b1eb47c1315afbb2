import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { failureCauses } from "../../../src/participant/failure.js";
import { histogramMetrics } from "../../../src/sink/prometheus-distributions.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { runInfo } from "../sink/fabricated-run.js";

const folder = new URL("../../../docker/prometheus/", import.meta.url);

interface Rule {
	readonly record?: string;
	readonly alert?: string;
	readonly expr: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleTest {
	readonly tests: readonly {
		readonly alert_rule_test: readonly { alertname: string; exp_alerts: readonly unknown[] }[];
	}[];
}

const rules = (
	parse(readFileSync(new URL("rules/livesoak.yml", folder), "utf8")) as {
		groups: readonly { rules: readonly Rule[] }[];
	}
).groups.flatMap(({ rules: all }) => all);
const alerts = rules.flatMap(({ alert, ...rule }) => (alert ? [{ alert, ...rule }] : []));

test("every metric that a rule names is one that livesoak or livekit-server shows", () => {
	const shown = new Set([
		...prometheusRegistry(() => ({ run: runInfo }))
			.getMetricsAsArray()
			.map(({ name }) => name),
		...histogramMetrics.map(({ name }) => `${name}_bucket`),
		"process_resident_memory_bytes",
	]);
	const recorded = new Set(rules.flatMap(({ record }) => (record ? [record] : [])));
	for (const { expr } of rules) {
		for (const [name] of expr.matchAll(/\b(run:\w+:\w+|run:\w+|livesoak_\w+|process_\w+)\b/g))
			expect(shown.has(name) || recorded.has(name), name).toBe(true);
	}
});

test("the causes by which TURN fails are causes, all of them", () => {
	const { expr = "" } = alerts.find(({ alert }) => alert === "LivesoakTurnFailures") ?? {};
	const named = /cause=~"([^"]+)"/.exec(expr)?.[1]?.split("|") ?? [];
	const ofTurn = failureCauses.filter((cause) => /turn|relay/.test(cause));
	expect(named.toSorted()).toEqual([...ofTurn].sort());
});

describe.each(alerts)("$alert", ({ alert, labels, annotations }) => {
	test("has what the routes and their readers ask for", () => {
		expect(labels?.severity).toMatch(/^(critical|warning)$/);
		expect(labels?.kind).toMatch(/^(run|figure|server)$/);
		expect(Object.keys(annotations ?? {})).toEqual(["summary", "description"]);
	});

	test("has a test in which it fires, and one in which it does not", () => {
		const tests = new URL("tests/", folder);
		const expected = readdirSync(tests)
			.map((name) => parse(readFileSync(new URL(name, tests), "utf8")) as RuleTest)
			.flatMap((file) => file.tests)
			.map(({ alert_rule_test }) =>
				alert_rule_test
					.filter(({ alertname }) => alertname === alert)
					.map(({ exp_alerts }) => exp_alerts.length > 0),
			)
			.filter((moments) => moments.length > 0);
		expect(expected.some((moments) => moments.includes(true))).toBe(true);
		expect(expected.some((moments) => !moments.includes(true))).toBe(true);
	});

	test("is in docs/alerts.md", () => {
		const page = readFileSync(new URL("../../docs/alerts.md", folder), "utf8");
		expect(page).toContain(`\`${alert}\``);
	});
});
