import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

/** A query of a dashboard as Grafana sends it, before variables are filled in. */
export interface DashboardQuery {
	readonly board: string;
	/** Title of the panel, or `annotation: …`. */
	readonly panel: string;
	readonly refId: string;
	readonly expr: string;
}

/** A panel's JSON, as far as tests look at it. */
export interface PanelJson {
	readonly title?: string;
	readonly description?: string;
	readonly type?: string;
	readonly targets?: readonly { readonly refId?: string; readonly expr?: string }[];
	readonly fieldConfig?: {
		readonly defaults?: {
			readonly unit?: string;
			readonly noValue?: string;
			readonly thresholds?: { readonly steps: readonly unknown[] };
		};
	};
}

/** All panels that show something, also those within rows. */
export function panelsOf(dashboard: Dashboard): PanelJson[] {
	const found: PanelJson[] = [];
	for (const panel of (dashboard.panels ?? []) as (PanelJson & { panels?: PanelJson[] })[])
		found.push(...(panel.type === "row" ? (panel.panels ?? []) : [panel]));
	return found;
}

/** Every query of every panel and annotation. */
export function queriesOf(dashboard: Dashboard): DashboardQuery[] {
	const board = dashboard.title ?? "";
	const panels = panelsOf(dashboard).flatMap(({ title = "", targets = [] }) =>
		targets.map(({ refId = "", expr = "" }) => ({ board, panel: title, refId, expr })),
	);
	const annotations = (dashboard.annotations?.list ?? []).flatMap(({ name, expr }) =>
		expr === undefined ? [] : [{ board, panel: `annotation: ${name}`, refId: "A", expr }],
	);
	return [...panels, ...annotations];
}

/**
 * Query variables in their order: `label_values(metric{matchers}, label)` taken apart, and what `All` stands for where it
 * is not the list of values.
 */
export function variablesOf(dashboard: Dashboard) {
	return (dashboard.templating?.list ?? [])
		.filter(({ type }) => type === "query")
		.map(({ name, query, allValue }) => {
			const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(String(query)) ?? [];
			if (selector === undefined || label === undefined)
				throw new Error(`$${name}: not a query of label values: ${query}`);
			return { name, selector, label, ...(allValue ? { all: allValue } : {}) };
		});
}

/** Fills `$name` in, longest names first: `$run` is no part of `$running`. */
export function filledIn(text: string, values: ReadonlyMap<string, string>): string {
	return [...values]
		.sort(([a], [b]) => b.length - a.length)
		.reduce((filled, [name, value]) => filled.replaceAll(`$${name}`, value), text);
}
