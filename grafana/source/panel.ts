import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
	type DynamicConfigValue,
	type Threshold,
	ThresholdsConfigBuilder,
	ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, type PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { ofRun } from "./promql.js";

/** The data source that the reader chose: the dashboards know no address and no uid. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
export const datasource = { type: "prometheus", uid: "${datasource}" } as const;

/** The shortest step: that of `docker/prometheus/prometheus.yml`. */
const shortestStep = "5s";

export interface Query {
	readonly expr: string;
	/** What a line is called; `{{label}}` is filled in. */
	readonly legend: string;
}

/** From this value on a figure has this colour. */
export interface Bound {
	readonly from: number;
	readonly color: "green" | "yellow" | "orange" | "red";
}

/** What no panel goes without, and how much room it takes (a row is 24 wide). */
export interface PanelSpec {
	/** A question, or a plain statement. */
	readonly title: string;
	/** What is shown, how it is made, and what to think of it. */
	readonly description: string;
	/** A unit of Grafana: `s`, `percentunit`, `bytes`, `short` … */
	readonly unit: string;
	readonly queries: readonly Query[];
	readonly span: number;
	readonly height?: number;
	readonly decimals?: number;
	readonly min?: number;
	readonly max?: number;
	/** Colours that hold for any run; green below the first. Those of the scenario are `limitOf`. */
	readonly bounds?: readonly Bound[];
	/** Colour below the first bound. @default "green" */
	readonly base?: Bound["color"];
	/** What stands there instead of "No data". */
	readonly noValue?: string;
	/** Draws the scenario's thresholds of this metric whose expression matches. */
	readonly limitOf?: { readonly metric: string; readonly expression: string };
}

/** Expressions about a value of the metric, in its unit. */
export const values = "(p|min|max|mean|avg|med|ratio|rate).*";

interface PanelBuilder {
	title(title: string): this;
	description(description: string): this;
	unit(unit: string): this;
	decimals(decimals: number): this;
	min(min: number): this;
	max(max: number): this;
	noValue(noValue: string): this;
	datasource(datasource: { type?: string; uid?: string }): this;
	span(w: number): this;
	height(h: number): this;
	thresholds(thresholds: ThresholdsConfigBuilder): this;
	withTarget(target: Builder<Dataquery>): this;
	overrideByRegexp(regexp: string, properties: DynamicConfigValue[]): this;
}

/** Gives a panel of any kind what its spec says. */
export function dressed<B extends PanelBuilder>(
	panel: B,
	spec: PanelSpec,
	format?: PromQueryFormat,
): B {
	panel
		.title(spec.title)
		.description(spec.description)
		.unit(spec.unit)
		.datasource(datasource)
		.span(spec.span)
		.height(spec.height ?? 8)
		.thresholds(thresholdsOf(spec));
	if (spec.decimals !== undefined) panel.decimals(spec.decimals);
	if (spec.min !== undefined) panel.min(spec.min);
	if (spec.max !== undefined) panel.max(spec.max);
	if (spec.noValue !== undefined) panel.noValue(spec.noValue);
	for (const [index, { expr, legend }] of queriesOf(spec).entries()) {
		const query = new DataqueryBuilder()
			.refId(String.fromCharCode("A".charCodeAt(0) + index))
			.datasource(datasource)
			.expr(expr)
			.legendFormat(legend)
			.interval(shortestStep)
			.range();
		panel.withTarget(format === undefined ? query : query.format(format));
	}
	if (spec.limitOf) panel.overrideByRegexp("/^limit /", limitLine);
	return panel;
}

function queriesOf({ queries, limitOf }: PanelSpec): readonly Query[] {
	if (!limitOf) return queries;
	const matchers = `metric="${limitOf.metric}",expression=~"${limitOf.expression}"`;
	return [
		...queries,
		{
			expr: `max by (expression) (${ofRun("livesoak_threshold_limit", matchers)})`,
			legend: "limit {{expression}}",
		},
	];
}

function thresholdsOf({ bounds = [], base = "green" }: PanelSpec): ThresholdsConfigBuilder {
	const steps: Threshold[] = [
		{ value: null, color: base },
		...bounds.map(({ from, color }) => ({ value: from, color })),
	];
	return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

const limitLine: DynamicConfigValue[] = [
	{ id: "color", value: { mode: "fixed", fixedColor: "red" } },
	{ id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
	{ id: "custom.fillOpacity", value: 0 },
	{ id: "custom.lineWidth", value: 1 },
];
