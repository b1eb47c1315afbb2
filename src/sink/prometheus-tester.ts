import type { WorkerView } from "../run/run-view.js";
import { processFigures } from "./process-figures.js";
import type { PlainMetric, ScrapeState, Series } from "./prometheus-catalogue.js";

const workerLabels = ["agent", "worker"] as const;

/** What livesoak tells of itself: whether it lives, and what it costs. */
export const testerMetrics: readonly PlainMetric[] = [
	{
		name: "livesoak_heartbeat_timestamp_seconds",
		type: "gauge",
		help: "When the run last looked at itself, Unix time; stands still when livesoak hangs",
		labels: [],
		read: ({ view }) => (view ? [{ labels: {}, value: view.nowMs / 1_000 }] : []),
	},
	{
		name: "livesoak_run_start_timestamp_seconds",
		type: "gauge",
		help: "When the run started, Unix time",
		labels: [],
		read: ({ run }) => [{ labels: {}, value: Date.parse(run.startedAt) / 1_000 }],
	},
	onWorker("livesoak_worker_participants", "Participants alive", (worker) => worker.alive),
	onWorker("livesoak_worker_cpu_ratio", "Share of one core", (worker) => worker.cpu),
	onWorker("livesoak_worker_resident_memory_bytes", "Resident memory", (w) => w.rssBytes),
	onWorker("livesoak_worker_lag_p99_seconds", "Event-loop delay, p99", (w) => w.lagP99Ms / 1_000),
	{
		name: "livesoak_worker_open_fds",
		type: "gauge",
		help: "Open file descriptors, by worker process of this machine (Linux)",
		labels: workerLabels,
		read: async ({ view }) => {
			// The pid of a process elsewhere is here that of a stranger.
			const own = (view?.workers ?? []).filter(({ agent }) => agent === undefined);
			const found = own.map(async (worker) => {
				const { openFds } = await processFigures(worker.pid);
				return seriesOf(openFds, labelsOf(worker));
			});
			return (await Promise.all(found)).flat();
		},
	},
	{
		name: "livesoak_parent_resident_memory_bytes",
		type: "gauge",
		help: "Resident memory of the process that leads the workers (Linux)",
		labels: [],
		read: async () => seriesOf((await processFigures("self")).residentBytes),
	},
	{
		name: "livesoak_parent_open_fds",
		type: "gauge",
		help: "Open file descriptors of the process that leads the workers (Linux)",
		labels: [],
		read: async () => seriesOf((await processFigures("self")).openFds),
	},
	{
		name: "livesoak_invalidities",
		type: "gauge",
		help: "Rules by which the measurement is invalid; 0 is good",
		labels: [],
		read: ({ view }) => (view ? [{ labels: {}, value: view.invalidities.length }] : []),
	},
];

function onWorker(name: string, help: string, value: (worker: WorkerView) => number): PlainMetric {
	return {
		...{ name, type: "gauge", help: `${help}, by worker process`, labels: workerLabels },
		read: ({ view }: ScrapeState) =>
			(view?.workers ?? []).map((worker) => ({
				labels: labelsOf(worker),
				value: value(worker),
			})),
	};
}

/** Empty, which is to Prometheus as if it were not there, on this machine. */
function labelsOf({ agent = "", worker }: WorkerView): Series["labels"] {
	return { agent, worker: String(worker) };
}

function seriesOf(value: number | undefined, labels: Series["labels"] = {}): Series[] {
	return value === undefined ? [] : [{ labels, value }];
}
