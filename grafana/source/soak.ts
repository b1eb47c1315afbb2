import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "./annotations.js";
import { frame } from "./frame.js";
import { lines, stacked, stat } from "./panel-kinds.js";
import { growth, lossShare, mean, ofRun, ofWorker, quantile, share } from "./promql.js";

const recent = "15m";
/** Slopes of less are the noise of garbage collection. */
const slope = "30m";

/** What hours do to a system: each figure against the first hour, and what only ever grows. */
export function soak(): DashboardBuilder {
	const board = frame(
		"livesoak-soak",
		"livesoak · Soak",
		"Long runs: drift of every figure against the first hour, slopes of memory and descriptors, reconnects.",
		{ from: "now-8h", refresh: "1m" },
	).annotations(annotations());
	const rows = [
		["Does it get worse? The last 15 minutes against the first hour", driftPanels()],
		["Does something grow without end?", slopePanels()],
		["What broke on the way?", breakPanels()],
	] as const;
	for (const [title, panels] of rows) {
		board.withRow(new RowBuilder(title));
		for (const panel of panels) board.withPanel(panel);
	}
	return board;
}

function driftPanels() {
	const meanOf = (histogram: string, matchers = "") =>
		mean((part) => ofRun(`${histogram}${part}`, matchers), "run", recent);
	const relative = [
		["connect time", "livesoak_connect_stage_seconds", "connect.media", 'stage="media"'],
		["jitter", "livesoak_rtp_jitter_seconds", "rtp.jitter", ""],
		["round trip", "livesoak_rtt_seconds", "rtp.rtt", ""],
		["MOS", "livesoak_audio_mos", "audio.mos", ""],
	] as const;
	const points = [
		["loss", lossShare(recent), "rtp.loss"],
		[
			"silence",
			share("livesoak_audio_silent_seconds_total", "livesoak_audio_due_seconds_total", recent),
			"audio.silence",
		],
		[
			"concealment",
			share(
				"livesoak_audio_concealed_samples_total",
				"livesoak_audio_decoded_samples_total",
				recent,
			),
			"audio.concealment",
		],
	] as const;
	return [
		...relative.map(([what, histogram, metric, matchers]) =>
			lines({
				title: `How far has ${what} drifted from the first hour?`,
				description: `Mean of the last 15 minutes against the mean of the first hour of the run: 0 is no change, 1 is twice as much${what === "MOS" ? ", less is worse" : ""}. In the first hour: against the run so far.`,
				unit: "percentunit",
				queries: [
					{
						expr: `(${meanOf(histogram, matchers)}) / on (run) ${baseline(metric)} - 1`,
						legend: "{{run}}",
					},
				],
				bounds:
					what === "MOS"
						? []
						: [
								{ from: 0.25, color: "yellow" },
								{ from: 0.5, color: "red" },
							],
				span: 6,
			}),
		),
		...points.map(([what, expr, metric]) =>
			lines({
				title: `How much more ${what} than in the first hour?`,
				description: `Share of the last 15 minutes minus the share of the first hour, in percentage points. In the first hour: against the run so far.`,
				unit: "percentunit",
				queries: [{ expr: `(${expr}) - on (run) ${baseline(metric)}`, legend: "{{run}}" }],
				bounds: [{ from: 0.01, color: "red" }],
				span: 8,
			}),
		),
	];
}

function baseline(metric: string): string {
	return `sum by (run) (${ofRun("livesoak_first_hour", `metric="${metric}",statistic="mean"`)})`;
}

function slopePanels() {
	const server = 'job=~"livekit|coturn"';
	const perHour = (series: string) => `deriv(${series}[${slope}]) * 3600`;
	return [
		lines({
			title: "How fast does the tester's memory grow?",
			description:
				"Slope of the last half hour (least squares), in bytes an hour, of each worker and of the process that leads them. A soak wants it near 0 after the ramp.",
			unit: "bytes",
			queries: [
				{
					expr: perHour(ofWorker("livesoak_worker_resident_memory_bytes")),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
				{ expr: perHour(ofRun("livesoak_parent_resident_memory_bytes")), legend: "lead {{run}}" },
			],
			span: 12,
		}),
		lines({
			title: "How fast does the servers' memory grow?",
			description:
				"Slope of the last half hour of livekit-server's and coturn's resident memory, in bytes an hour, by their own account.",
			unit: "bytes",
			queries: [
				{
					expr: perHour(`process_resident_memory_bytes{${server}}`),
					legend: "{{job}} {{instance}}",
				},
			],
			span: 12,
		}),
		lines({
			title: "How fast do the tester's descriptors grow?",
			description:
				"Slope of the last half hour of open file descriptors, an hour. Sockets that nobody closes show here first.",
			unit: "short",
			queries: [
				{
					expr: perHour(ofWorker("livesoak_worker_open_fds")),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
				{ expr: perHour(ofRun("livesoak_parent_open_fds")), legend: "lead {{run}}" },
			],
			span: 12,
		}),
		lines({
			title: "How fast do the servers' descriptors grow?",
			description:
				"Slope of the last half hour of open file descriptors, an hour, by their own account.",
			unit: "short",
			queries: [{ expr: perHour(`process_open_fds{${server}}`), legend: "{{job}} {{instance}}" }],
			span: 12,
		}),
	];
}

function breakPanels() {
	return [
		lines({
			title: "Which faults of the scenario are under way?",
			description: "Faults that the scenario injects and that have not ended yet, by kind.",
			unit: "short",
			min: 0,
			queries: [{ expr: ofRun("livesoak_fault_active"), legend: "{{kind}} {{run}}" }],
			span: 12,
		}),
		stacked({
			title: "Did whom the faults met come back?",
			description:
				"Participants that a fault met, in each step of time: recovered, or failed to within its time.",
			unit: "short",
			queries: [
				{
					expr: growth(ofRun("livesoak_recoveries_total"), "run, kind, outcome", "$__interval"),
					legend: "{{kind}} {{outcome}} {{run}}",
				},
			],
			span: 12,
		}),
		stacked({
			title: "How many connections were mended, and how?",
			description:
				"Reconnects in each step of time: `resume` kept the session, `restart` began a new one, `unknown` where the engine cannot tell.",
			unit: "short",
			queries: [
				{
					expr: growth(ofRun("livesoak_reconnects_total"), "run, cause", "$__interval"),
					legend: "{{cause}} {{run}}",
				},
			],
			span: 8,
		}),
		lines({
			title: "How long do reconnects take?",
			description: "Connection lost to connection restored, percentiles of the last 15 minutes.",
			unit: "s",
			min: 0,
			queries: [0.5, 0.95].map((q) => ({
				expr: quantile(q, ofRun("livesoak_reconnect_duration_seconds_bucket"), "run", recent),
				legend: `p${q * 100} {{run}}`,
			})),
			span: 8,
		}),
		stacked({
			title: "Who was lost for good, and why?",
			description: "Participants gone before their planned end, in each step of time, by cause.",
			unit: "short",
			queries: [
				{
					expr: growth(ofRun("livesoak_participants_lost_total"), "run, cause", "$__interval"),
					legend: "{{cause}} {{run}}",
				},
			],
			span: 8,
		}),
		stat({
			title: "How many hours has it run?",
			description: "Time since the start of the run.",
			unit: "s",
			queries: [{ expr: ofRun("livesoak_run_elapsed_seconds"), legend: "{{run}}" }],
			span: 12,
		}),
		stat({
			title: "How much of the run is in the first hour's figures?",
			description:
				"Length of what drift is measured against: grows to an hour and then stands still.",
			unit: "s",
			queries: [{ expr: ofRun("livesoak_first_hour_seconds"), legend: "{{run}}" }],
			span: 12,
		}),
	];
}
