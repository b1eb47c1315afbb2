import {
	DashboardBuilder,
	DashboardCursorSync,
	DashboardLinkBuilder,
	DashboardLinkType,
	DatasourceVariableBuilder,
	QueryVariableBuilder,
	VariableRefresh,
	VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "./panel.js";

const tag = "livesoak";

/**
 * An empty dashboard with what all have: data source, variables, links to the others, a shared cursor.
 * @param options.oneRun where runs beside each other would mean nothing
 */
export function frame(
	uid: string,
	title: string,
	description: string,
	options: { readonly oneRun?: boolean; readonly from: string; readonly refresh: string },
): DashboardBuilder {
	const board = new DashboardBuilder(title)
		.uid(uid)
		.description(description)
		.tags([tag])
		.readonly()
		.timezone("browser")
		.time({ from: options.from, to: "now" })
		.refresh(options.refresh)
		.tooltip(DashboardCursorSync.Crosshair)
		.link(
			new DashboardLinkBuilder("Other views of this run")
				.type(DashboardLinkType.Dashboards)
				.tags([tag])
				.keepTime(true)
				.includeVars(true),
		)
		.withVariable(
			new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
		);
	for (const { name, label, query, one, all } of variablesOf(options.oneRun ?? false)) {
		const variable = new QueryVariableBuilder(name)
			.label(label)
			.datasource(datasource)
			.query(query)
			.definition(query)
			// A run that has begun since is offered without loading the page again.
			.refresh(VariableRefresh.OnTimeRangeChanged)
			.sort(VariableSort.AlphabeticalDesc);
		if (all !== undefined) variable.allValue(all);
		board.withVariable(
			one
				? variable
				: variable.multi(true).includeAll(true).current({ text: "All", value: "$__all" }),
		);
	}
	return board;
}

interface Variable {
	readonly name: string;
	readonly label: string;
	readonly query: string;
	/** One value at a time. */
	readonly one: boolean;
	/** What `All` stands for. @default the list of what is offered */
	readonly all?: string;
}

/**
 * Each is narrowed by those before it, so that engine and ICE policy choose among runs; where a metric has
 * those labels its panel is narrowed by them, too. `All` is the list of what is offered, not everything, but for
 * agents: what a run on one machine has is without one.
 */
function variablesOf(oneRun: boolean): readonly Variable[] {
	const lives = "livesoak_participants_total";
	const where = (matchers: string, label: string) =>
		`label_values(${lives}{${matchers}}, ${label})`;
	const scenario = 'scenario=~"$scenario"';
	const engine = `${scenario},engine=~"$engine"`;
	return [
		{ name: "scenario", label: "Scenario", query: `label_values(${lives}, scenario)`, one: false },
		{ name: "engine", label: "Engine", query: where(scenario, "engine"), one: false },
		{ name: "ice", label: "ICE policy", query: where(engine, "ice"), one: false },
		{ name: "run", label: "Run", query: where(`${engine},ice=~"$ice"`, "run"), one: oneRun },
		{
			name: "agent",
			label: "Agent",
			query: 'label_values(livesoak_worker_participants{run=~"$run"}, agent)',
			...{ one: false, all: ".*" },
		},
		{
			name: "worker",
			label: "Worker",
			query: 'label_values(livesoak_worker_participants{run=~"$run",agent=~"$agent"}, worker)',
			one: false,
		},
	];
}
