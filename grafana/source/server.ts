import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "./annotations.js";
import { frame } from "./frame.js";
import { lines, stacked } from "./panel-kinds.js";
import { growth, ofRun, ofWorker } from "./promql.js";
import { bothPanels, joinPanels, livekit } from "./server-panels.js";

const recent = "$__rate_interval";

/** What livekit-server and coturn say of themselves, beside what livesoak sees, on one time axis. */
export function server(): DashboardBuilder {
	const board = frame(
		"livesoak-server",
		"livesoak · Server",
		"livekit-server's and coturn's own metrics beside livesoak's: do both sides tell the same story?",
		{ from: "now-1h", refresh: "10s" },
	).annotations(annotations());
	const rows = [
		["Do both sides tell the same?", bothPanels()],
		["Joins as livekit-server sees them", joinPanels()],
		["What does it cost?", costPanels()],
		["coturn", turnPanels()],
	] as const;
	for (const [title, panels] of rows) {
		board.withRow(new RowBuilder(title));
		for (const panel of panels) board.withPanel(panel);
	}
	return board;
}

function coturn(metric: string): string {
	return `${metric}{job="coturn"}`;
}

function costPanels() {
	const server = 'job=~"livekit|coturn"';
	const ofServer = (metric: string) => `${metric}{${server}}`;
	return [
		lines({
			title: "How much CPU do server and tester use?",
			description:
				"Cores, over the last moments. On one machine they share them: the tester must leave enough.",
			unit: "short",
			decimals: 2,
			min: 0,
			queries: [
				{
					expr: `rate(${ofServer("process_cpu_seconds_total")}[${recent}])`,
					legend: "{{job}} {{instance}}",
				},
				{
					expr: `sum by (run) (${ofWorker("livesoak_worker_cpu_ratio")})`,
					legend: "livesoak {{run}}",
				},
			],
			span: 8,
		}),
		lines({
			title: "How much memory does each server hold?",
			description: "Resident memory, by its own account.",
			unit: "bytes",
			min: 0,
			queries: [
				{ expr: ofServer("process_resident_memory_bytes"), legend: "{{job}} {{instance}}" },
			],
			span: 8,
		}),
		lines({
			title: "What does livekit-server keep open?",
			description: "Goroutines and file descriptors. Both should fall back when people have left.",
			unit: "short",
			min: 0,
			queries: [
				{ expr: livekit("go_goroutines"), legend: "goroutines {{instance}}" },
				{ expr: livekit("process_open_fds"), legend: "descriptors {{instance}}" },
			],
			span: 8,
		}),
	];
}

function turnPanels() {
	return [
		lines({
			title: "How many allocations are open?",
			description:
				"TURN allocations by transport, by coturn's account, beside the relayed candidate pairs that livesoak has seen since its start.",
			unit: "short",
			min: 0,
			queries: [
				{ expr: coturn("turn_total_allocations"), legend: "{{type}} {{instance}}" },
				{
					expr: `sum by (run) (${ofRun("livesoak_candidate_pairs", 'local="relay"')})`,
					legend: "relayed pairs, livesoak {{run}}",
				},
			],
			span: 8,
		}),
		stacked({
			title: "How much did finished sessions relay?",
			description:
				"Bytes that coturn got from clients and sent to them, in each step of time. coturn counts a session when it ends: a running one shows nothing.",
			unit: "bytes",
			queries: [
				{
					expr: growth(coturn("turn_total_traffic_rcvb"), "instance", "$__interval"),
					legend: "from clients {{instance}}",
				},
				{
					expr: growth(coturn("turn_total_traffic_sentb"), "instance", "$__interval"),
					legend: "to clients {{instance}}",
				},
			],
			span: 8,
		}),
		lines({
			title: "What does coturn keep open?",
			description:
				"File descriptors: one and more for each allocation. Should fall back when people have left.",
			unit: "short",
			min: 0,
			queries: [{ expr: coturn("process_open_fds"), legend: "descriptors {{instance}}" }],
			span: 8,
		}),
	];
}
