import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "./panel.js";
import { growth, ofRun } from "./promql.js";

interface Mark {
	readonly name: string;
	readonly color: string;
	readonly expr: string;
	readonly title: string;
	readonly text: string;
}

/** What happened, as marks on the time axis of every panel. */
const marks: readonly Mark[] = [
	{
		name: "Run began",
		color: "blue",
		expr: `${ofRun("livesoak_run_elapsed_seconds")} < 10`,
		title: "Run began",
		text: "{{run}}",
	},
	{
		name: "Faults",
		color: "purple",
		expr: `${growth(ofRun("livesoak_faults_total"), "run, kind", "$__interval")} > 0`,
		title: "Fault",
		text: "{{kind}}, {{run}}",
	},
	{
		name: "Reconnects",
		color: "orange",
		expr: `${growth(ofRun("livesoak_reconnects_total"), "run, cause", "$__interval")} > 0`,
		title: "Reconnects",
		text: "{{cause}}, {{run}}",
	},
	{
		name: "Participants lost",
		color: "red",
		expr: `${growth(ofRun("livesoak_participants_lost_total"), "run, cause", "$__interval")} > 0`,
		title: "Participants lost",
		text: "{{cause}}, {{run}}",
	},
];

export function annotations(): AnnotationQueryBuilder[] {
	return marks.map(({ name, color, expr, title, text }) =>
		new AnnotationQueryBuilder()
			.name(name)
			.datasource(datasource)
			.enable(true)
			.hide(false)
			.iconColor(color)
			.expr(expr)
			.step("5s")
			.titleFormat(title)
			.textFormat(text),
	);
}
