import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "./annotations.js";
import { frame } from "./frame.js";
import { values } from "./panel.js";
import { lines, scatter, stat } from "./panel-kinds.js";
import { growth, lossShare, ofRun, quantile } from "./promql.js";

const recent = "$__rate_interval";
const alive = `sum by (run) (${ofRun("livesoak_participants", 'state="alive"')})`;
const p95 = quantile(
	0.95,
	ofRun("livesoak_connect_stage_seconds_bucket", 'stage="media"'),
	"run",
	recent,
);
/** Cores of livekit-server: of all its nodes that are scraped, whoever loads them. */
const serverCpu = 'sum(rate(process_cpu_seconds_total{job="livekit"}[$__rate_interval]))';
const testerCpu = `sum by (run) (${ofRun("livesoak_worker_cpu_ratio")})`;
/** Thresholds that have something to judge: before that they fail by definition. */
const judged = `min by (run) (${ofRun("livesoak_threshold_ok")} and ${ofRun("livesoak_threshold_observed")})`;

/** Where the knee is: participants against latency, loss and CPU. */
export function capacity(): DashboardBuilder {
	const board = frame(
		"livesoak-capacity",
		"livesoak · Capacity",
		"A run whose load rises: participants against latency, loss and CPU, and where the knee is.",
		{ from: "now-1h", refresh: "10s", oneRun: true },
	).annotations(annotations());
	const rows = [
		["How many can it carry?", kneePanels()],
		["Participants against …", scatterPanels()],
		["The same over time", timePanels()],
	] as const;
	for (const [title, panels] of rows) {
		board.withRow(new RowBuilder(title));
		for (const panel of panels) board.withPanel(panel);
	}
	return board;
}

function kneePanels() {
	return [
		stat({
			title: "With how many did every threshold still hold?",
			description:
				"The most participants alive at a moment when every threshold that had something to judge held. Thresholds look at the run so far. Time range: the run.",
			unit: "short",
			queries: [
				{
					expr: `max_over_time((${alive} and on (run) (${judged} == 1))[$__range:5s])`,
					legend: "{{run}}",
				},
			],
			span: 6,
			height: 8,
		}),
		stat({
			title: "With how many did one fail?",
			description:
				"The fewest participants alive at a moment when a threshold with something to judge failed. No figure: none failed.",
			unit: "short",
			queries: [
				{
					expr: `min_over_time((${alive} and on (run) (${judged} == 0))[$__range:5s])`,
					legend: "{{run}}",
				},
			],
			span: 6,
			height: 8,
			base: "orange",
		}),
		lines({
			title: "Where is the knee? (p95 connect, times its lowest)",
			description:
				"p95 from the start of a join to media, of the last moments, as a multiple of the lowest of the time range. The knee is where it leaves 1 for good.",
			unit: "short",
			decimals: 2,
			min: 0,
			queries: [{ expr: `${p95} / min_over_time((${p95})[$__range:5s])`, legend: "{{run}}" }],
			bounds: [
				{ from: 1.5, color: "yellow" },
				{ from: 2, color: "red" },
			],
			span: 12,
		}),
	];
}

function scatterPanels() {
	const people = { expr: alive, legend: "alive" };
	const against = [
		{
			title: "… connect latency",
			description: "p95 from the start of a join to media, against participants alive.",
			unit: "s",
			queries: [people, { expr: p95, legend: "p95 connect" }],
		},
		{
			title: "… loss",
			description: "Share of RTP packets lost, against participants alive.",
			unit: "percentunit",
			queries: [people, { expr: lossShare(recent), legend: "loss" }],
		},
		{
			title: "… the server's CPU",
			description:
				"Cores that livekit-server uses by its own account, against participants alive. Bends upwards: each participant costs more than the one before.",
			unit: "short",
			queries: [
				people,
				// One series a run, so that the two have the same times.
				{ expr: `${serverCpu} and on () (${alive})`, legend: "cores of livekit-server" },
			],
		},
		{
			title: "… the tester's CPU",
			description:
				"Cores that all workers use, against participants alive. What limits here is the tester, not the server.",
			unit: "short",
			queries: [people, { expr: testerCpu, legend: "cores of livesoak" }],
		},
	];
	return against.map((spec) => scatter({ ...spec, span: 6, min: 0 }));
}

function timePanels() {
	const joined = ofRun("livesoak_participants_total", 'event="joined"');
	return [
		lines({
			title: "How many are alive, and how many join in each step?",
			description: "Participants alive now, against the plan, and joins in each step of time.",
			unit: "short",
			min: 0,
			queries: [
				{ expr: alive, legend: "alive" },
				{ expr: ofRun("livesoak_participants_target"), legend: "target" },
				{ expr: growth(joined, "run", "$__interval"), legend: "joins" },
			],
			span: 8,
		}),
		lines({
			title: "How long do joins take, and how uneven do packets arrive?",
			description:
				"p95 from the start of a join to media, and p95 jitter, of the last moments. Dashed: the scenario's thresholds for connects.",
			unit: "s",
			min: 0,
			queries: [
				{ expr: p95, legend: "p95 connect" },
				{
					expr: quantile(0.95, ofRun("livesoak_rtp_jitter_seconds_bucket"), "run", recent),
					legend: "p95 jitter",
				},
			],
			limitOf: { metric: "connect.media", expression: values },
			span: 8,
		}),
		lines({
			title: "What does one participant cost the server?",
			description:
				"CPU of livekit-server, divided by the participants alive: rising means that it bends.",
			unit: "short",
			decimals: 4,
			min: 0,
			queries: [
				{
					expr: `${serverCpu} / (sum(${ofRun("livesoak_participants", 'state="alive"')}) > 0)`,
					legend: "cores a participant",
				},
			],
			span: 8,
		}),
	];
}
