import { lines } from "./panel-kinds.js";
import { ofRun, ofWorker, quantile, share } from "./promql.js";

/** The tester's own health: where it is bad, the rest is not about the server. */
export function testerPanels() {
	return [
		lines({
			title: "How much CPU does each worker use?",
			description:
				"Share of one core in the last second. JavaScript runs on one core: near 1 a worker is late with everything.",
			unit: "percentunit",
			min: 0,
			queries: [
				{
					expr: ofWorker("livesoak_worker_cpu_ratio"),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
			],
			bounds: [
				{ from: 0.8, color: "yellow" },
				{ from: 0.95, color: "red" },
			],
			span: 8,
		}),
		lines({
			title: "How late is the event loop?",
			description:
				"p99 of each worker's event-loop delay in the last second, and of all readings of the last moments. A run is invalid above 100 ms, unless its scenario says otherwise.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: ofWorker("livesoak_worker_lag_p99_seconds"),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
				{
					expr: quantile(
						0.99,
						ofRun("livesoak_scheduler_lag_seconds_bucket"),
						"run",
						"$__rate_interval",
					),
					legend: "all {{run}}",
				},
			],
			bounds: [{ from: 0.1, color: "red" }],
			span: 8,
		}),
		lines({
			title: "How late do joins begin?",
			description:
				"Scheduled start to the tester beginning the join, p99 since the start, exact. A run is invalid above 1 s, unless its scenario says otherwise.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: ofRun("livesoak_start_delay_percentile_seconds", 'percentile="p99"'),
					legend: "p99 {{run}}",
				},
			],
			bounds: [{ from: 1, color: "red" }],
			span: 8,
		}),
		lines({
			title: "Which share of the published frames leaves late?",
			description:
				"Of the last moments. A run is invalid above 1 % over all of it, unless its scenario says otherwise: one late frame in a hundred is heard.",
			unit: "percentunit",
			min: 0,
			queries: [
				{
					expr: share(
						"livesoak_audio_frames_late_total",
						"livesoak_audio_frames_due_total",
						"$__rate_interval",
					),
					legend: "late {{run}}",
				},
			],
			bounds: [{ from: 0.01, color: "red" }],
			span: 8,
		}),
		lines({
			title: "How much memory does the tester hold?",
			description: "Resident memory of each worker, and of the process that leads them.",
			unit: "bytes",
			min: 0,
			queries: [
				{
					expr: ofWorker("livesoak_worker_resident_memory_bytes"),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
				{ expr: ofRun("livesoak_parent_resident_memory_bytes"), legend: "lead {{run}}" },
			],
			span: 8,
		}),
		lines({
			title: "How many participants does each worker carry?",
			description: "Alive in each worker process now.",
			unit: "short",
			min: 0,
			queries: [
				{
					expr: ofWorker("livesoak_worker_participants"),
					legend: "{{agent}} worker {{worker}} {{run}}",
				},
			],
			span: 8,
		}),
	];
}
