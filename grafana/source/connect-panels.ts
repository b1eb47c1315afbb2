import { values } from "./panel.js";
import { bars, heatMap, lines, stacked, stat } from "./panel-kinds.js";
import { growth, ofPopulation, ofRun, quantile } from "./promql.js";

const stageBucket = "livesoak_connect_stage_seconds_bucket";

/** How people get in: how long it takes, where the time goes, who does not. */
export function connectPanels() {
	const recent = "$__rate_interval";
	return [
		lines({
			title: "How long does it take from the start of a join to media?",
			description:
				"Percentiles of the joins of the last moments, from buckets. Dashed: the scenario's thresholds, which hold for the whole run. Nobody joins: no line.",
			unit: "s",
			min: 0,
			queries: [0.5, 0.95, 0.99].map((q) => ({
				expr: quantile(q, ofRun(stageBucket, 'stage="media"'), "run", recent),
				legend: `p${q * 100} {{run}}`,
			})),
			limitOf: { metric: "connect.media", expression: values },
			span: 12,
		}),
		heatMap({
			title: "When did joins reach stage $stage, and how long had they taken?",
			description:
				"Joins by their time since the scheduled start (rows) and the moment they came to the stage (columns). Each join is in exactly one cell.",
			unit: "s",
			queries: [
				{
					expr: `sum by (le) (${growth(ofRun(stageBucket, 'stage="$stage"'), "run, le", "$__interval")})`,
					legend: "{{le}}",
				},
			],
			span: 12,
		}),
		lines({
			title: "Which stage takes the time?",
			description:
				"p95 of each stage over the last moments, each counted from the scheduled start: the gap between two lines is the time between two stages.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: quantile(0.95, ofRun(stageBucket), "run, stage", recent),
					legend: "{{stage}} {{run}}",
				},
			],
			span: 12,
		}),
		bars({
			title: "Exact percentiles of each stage since the start",
			description:
				"p50, p95 and p99 from the run's own histograms (within 0.1 %), as summary.json will have them.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: ofRun("livesoak_connect_stage_percentile_seconds", 'percentile=~"p50|p95|p99"'),
					legend: "{{stage}} {{percentile}}",
				},
			],
			span: 12,
		}),
		stat({
			title: "Which share of the joins failed?",
			description:
				"Failed of begun, over the whole run. Coloured from 0.1 % and 1 %; the scenario's own threshold is among those above.",
			unit: "percentunit",
			decimals: 2,
			queries: [
				{
					expr: `sum by (run) (${ofPopulation("livesoak_participants_total", 'event="failed"')}) / sum by (run) (${ofPopulation("livesoak_participants_total", 'event="begun"')})`,
					legend: "{{run}}",
				},
			],
			span: 6,
			height: 8,
			bounds: [
				{ from: 0.001, color: "yellow" },
				{ from: 0.01, color: "red" },
			],
		}),
		stacked({
			title: "At which stage do joins fail, and why?",
			description: "Failures in each step of time, by the stage not reached and its cause.",
			unit: "short",
			queries: [
				{
					expr: growth(
						ofRun("livesoak_connect_failures_total"),
						"run, stage, cause",
						"$__interval",
					),
					legend: "{{stage}}: {{cause}} {{run}}",
				},
			],
			span: 10,
		}),
		bars({
			title: "Over which candidate pairs do they talk?",
			description:
				"Selected ICE candidate pairs since the start, by local and remote type, transport, and transport to the TURN server.",
			unit: "short",
			queries: [
				{
					expr: `sum by (run, local, remote, protocol, relay_protocol) (${ofRun("livesoak_candidate_pairs")})`,
					legend: "{{local}} → {{remote}} {{protocol}} {{relay_protocol}}",
				},
			],
			span: 8,
		}),
	];
}
