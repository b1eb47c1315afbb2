import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dashboards, dashboardText } from "../../../grafana/source/dashboards.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { panelsOf, queriesOf, variablesOf } from "../../rig/dashboard-queries.js";
import { runInfo } from "../sink/fabricated-run.js";

const root = new URL("../../../grafana/", import.meta.url);
const all = [...dashboards()].map(([file, dashboard]) => ({ file, dashboard }));

test("the checked-in dashboards are those of the source: npm run dashboards", () => {
	const files = readdirSync(new URL("dashboards/", root));
	expect(files.toSorted()).toEqual(all.map(({ file }) => file).toSorted());
	for (const { file, dashboard } of all) {
		const checkedIn = readFileSync(new URL(`dashboards/${file}`, root), "utf8");
		// The layout of the text is the formatter's.
		expect(JSON.parse(checkedIn), file).toEqual(JSON.parse(dashboardText(dashboard)));
	}
});

test("names in Grafana are unique", () => {
	const uids = all.map(({ dashboard }) => dashboard.uid);
	expect(new Set(uids).size).toBe(uids.length);
	expect(uids).not.toContain(undefined);
});

describe.each(all)("$file", ({ dashboard }) => {
	const panels = panelsOf(dashboard);

	test("has panels, no two with one title", () => {
		expect(panels.length).toBeGreaterThan(8);
		expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
	});

	test.each(panels.map((panel) => [panel.title, panel] as const))(
		"%s: unit, description, thresholds",
		(title, { description, fieldConfig, targets = [] }) => {
			expect(title).toMatch(/\S/);
			expect(description).toMatch(/\w.*[.]$/);
			expect(fieldConfig?.defaults?.unit).toMatch(/\w/);
			expect(fieldConfig?.defaults?.thresholds?.steps.length).toBeGreaterThan(0);
			expect(targets.length).toBeGreaterThan(0);
			const refs = targets.map(({ refId }) => refId);
			expect(new Set(refs).size).toBe(refs.length);
		},
	);

	test("asks only for variables that are there, and metrics that livesoak has", () => {
		const known = new Set([
			...variablesOf(dashboard).map(({ name }) => name),
			...["__interval", "__interval_ms", "__rate_interval", "__rate_interval_ms", "__range"],
		]);
		const registry = prometheusRegistry(() => ({ run: runInfo }));
		const metrics = new Set(registry.getMetricsAsArray().map(({ name }) => name));
		for (const { panel, expr } of queriesOf(dashboard)) {
			for (const [, name = ""] of expr.matchAll(/\$(\w+)/g)) expect(known, panel).toContain(name);
			for (const [name] of expr.matchAll(/livesoak_\w+/g))
				expect(metrics, panel).toContain(name.replace(/_(bucket|sum|count)$/, ""));
		}
	});

	test.each(["run", "scenario", "engine", "ice", "agent", "worker"])(
		"can be narrowed by %s",
		(name) => {
			expect(variablesOf(dashboard).map((variable) => variable.name)).toContain(name);
		},
	);
});

test("each metric of agents has a panel on Live run that can be narrowed to one, and says what a run without agents shows", () => {
	const live = all.flatMap(({ file, dashboard }) => (file === "live-run.json" ? [dashboard] : []));
	const about = live
		.flatMap(panelsOf)
		.filter(({ targets = [] }) =>
			targets.some(({ expr = "" }) => expr.includes("livesoak_agent_")),
		);
	const asked = about.flatMap(({ targets = [] }) => targets.map(({ expr = "" }) => expr)).join(" ");
	const registry = prometheusRegistry(() => ({ run: runInfo }));
	const names = registry.getMetricsAsArray().map(({ name }) => name);
	// How many workers an agent has is seen in the panels about workers.
	for (const name of names.filter((each) => each.startsWith("livesoak_agent_")))
		if (name !== "livesoak_agent_workers") expect(asked).toContain(`${name}{`);
	for (const { title, fieldConfig, targets = [] } of about) {
		expect(fieldConfig?.defaults?.noValue, title).toMatch(/^No agents/);
		for (const { expr } of targets) expect(expr, title).toContain('agent=~"$agent"');
	}
});

test("what is provisioned fits: one data source, of the kind the dashboards ask for", () => {
	const read = (path: string) =>
		parse(readFileSync(new URL(`provisioning/${path}`, root), "utf8")) as Record<string, unknown>;
	expect(read("datasources/prometheus.yaml")).toMatchObject({
		apiVersion: 1,
		datasources: [{ type: "prometheus", isDefault: true, jsonData: { timeInterval: "5s" } }],
	});
	expect(read("dashboards/livesoak.yaml")).toMatchObject({
		providers: [{ type: "file", options: { path: "/etc/grafana/dashboards" } }],
	});
	const scrapes = parse(
		readFileSync(new URL("../../../docker/prometheus/prometheus.yml", import.meta.url), "utf8"),
	) as { global: { scrape_interval: string } };
	expect(scrapes.global.scrape_interval).toBe("5s");
});
