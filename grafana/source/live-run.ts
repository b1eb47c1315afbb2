import {
	type DashboardBuilder,
	QueryVariableBuilder,
	RowBuilder,
	VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { agentPanels } from "./agent-panels.js";
import { annotations } from "./annotations.js";
import { connectPanels } from "./connect-panels.js";
import { frame } from "./frame.js";
import { mediaPanels } from "./media-panels.js";
import { datasource } from "./panel.js";
import { lines, stat, states } from "./panel-kinds.js";
import { ofPopulation, ofRun, perSecond } from "./promql.js";
import { testerPanels } from "./tester-panels.js";

/** What a run does at this moment, from the verdict down to the tester itself. */
export function liveRun(): DashboardBuilder {
	const board = frame(
		"livesoak-live-run",
		"livesoak · Live run",
		"Runs as they go: people, connects, media, and whether the tester itself and its agents keep up.",
		{ from: "now-15m", refresh: "5s" },
	)
		.annotations(annotations())
		.withVariable(
			new QueryVariableBuilder("stage")
				.label("Stage of the heat map")
				.datasource(datasource)
				.query('label_values(livesoak_connect_stage_seconds_bucket{run=~"$run"}, stage)')
				.definition('label_values(livesoak_connect_stage_seconds_bucket{run=~"$run"}, stage)')
				.refresh(VariableRefresh.OnTimeRangeChanged)
				.current({ text: "media", value: "media" }),
		);
	const rows = [
		["Does it go well?", [...verdictPanels(), ...peoplePanels()]],
		["Connecting", connectPanels()],
		["Media", mediaPanels()],
		["Does the tester keep up?", testerPanels()],
		["Agents", agentPanels()],
	] as const;
	for (const [title, panels] of rows) {
		board.withRow(new RowBuilder(title));
		for (const panel of panels) board.withPanel(panel);
	}
	return board;
}

function verdictPanels() {
	const alarm = [{ from: 1, color: "red" }] as const;
	return [
		stat(
			{
				title: "Do all thresholds hold?",
				description:
					"The worst of the scenario's thresholds, over the run so far. One that has nothing to observe yet does not hold. None in the scenario: no figure.",
				unit: "short",
				queries: [{ expr: `min by (run) (${ofRun("livesoak_threshold_ok")})`, legend: "{{run}}" }],
				span: 6,
				base: "red",
				bounds: [{ from: 1, color: "green" }],
			},
			{ "0": "no", "1": "yes" },
		),
		stat(
			{
				title: "Is the measurement valid?",
				description:
					"How many of the validity rules the tester breaks (its own lag, late joins, late frames, CPU, dead workers, its counts). Above zero the figures say nothing about the server.",
				unit: "short",
				queries: [{ expr: ofRun("livesoak_invalidities"), legend: "{{run}}" }],
				span: 6,
				bounds: alarm,
			},
			{ "0": "yes" },
		),
		stat({
			title: "How long ago did livesoak look at itself?",
			description:
				"Age of the heartbeat. livesoak beats each second, so what is more than a scrape interval is a run that hangs, or a scrape that fails.",
			unit: "s",
			decimals: 0,
			queries: [
				{
					expr: `time() - max by (run) (${ofRun("livesoak_heartbeat_timestamp_seconds")})`,
					legend: "{{run}}",
				},
			],
			span: 6,
			bounds: [
				{ from: 15, color: "yellow" },
				{ from: 60, color: "red" },
			],
		}),
		stat({
			title: "How much of the run is over?",
			description: "Time since the start, of the planned length.",
			unit: "percentunit",
			decimals: 0,
			queries: [
				{
					expr: `clamp_max(${ofRun("livesoak_run_elapsed_seconds")} / ${ofRun("livesoak_run_planned_seconds")}, 1)`,
					legend: "{{run}}",
				},
			],
			span: 6,
		}),
		states(
			{
				title: "Which thresholds hold?",
				description:
					"Each threshold of the scenario over the run so far: 1 holds, 0 fails or has nothing to observe.",
				unit: "short",
				queries: [
					{
						expr: `min by (run, metric, expression) (${ofRun("livesoak_threshold_ok")})`,
						legend: "{{metric}} {{expression}}",
					},
				],
				span: 24,
				base: "red",
				bounds: [{ from: 1, color: "green" }],
			},
			{ "0": "fails", "1": "holds" },
		),
	];
}

function peoplePanels() {
	const events = ["joined", "failed", "lost", "left"];
	return [
		lines({
			title: "How many are alive, against the target?",
			description:
				"Participants that have joined and have not left, those on their way in, and how many the plan wants now (of all engines and ICE policies).",
			unit: "short",
			min: 0,
			queries: [
				{
					expr: `sum by (run) (${ofPopulation("livesoak_participants", 'state="alive"')})`,
					legend: "alive {{run}}",
				},
				{
					expr: `sum by (run) (${ofPopulation("livesoak_participants", 'state="joining"')})`,
					legend: "joining {{run}}",
				},
				{ expr: ofRun("livesoak_participants_target"), legend: "target {{run}}" },
			],
			span: 12,
		}),
		lines({
			title: "How many join, fail, leave and get lost each second?",
			description:
				"Rate of each event over a few scrapes. `lost` is a participant gone before its planned end.",
			unit: "cps",
			min: 0,
			queries: events.map((event) => ({
				expr: perSecond(ofPopulation("livesoak_participants_total", `event="${event}"`), "run"),
				legend: `${event} {{run}}`,
			})),
			span: 12,
		}),
	];
}
