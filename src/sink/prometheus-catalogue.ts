import type { Aggregates } from "../aggregate/aggregates.js";
import type { CounterName } from "../aggregate/catalogue.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";

/** What a scrape reads: the latest view, which is absent before the first. */
export interface ScrapeState {
	readonly run: RunInfo;
	readonly serverVersion?: string;
	readonly view?: RunView;
}

export interface Series {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

/** A counter or gauge: its series are computed from the state at each scrape. */
export interface PlainMetric {
	readonly name: string;
	readonly type: "counter" | "gauge";
	readonly help: string;
	readonly labels: readonly string[];
	readonly read: (state: ScrapeState) => readonly Series[] | Promise<readonly Series[]>;
}

export const plainMetrics: readonly PlainMetric[] = [
	{
		name: "livesoak_build_info",
		type: "gauge",
		help: "Always 1; the versions are in the labels",
		labels: ["version", "engine", "engine_version", "server_version"],
		read: ({ run, serverVersion }) =>
			Object.entries(run.engines).map(([engine, engineVersion]) => ({
				labels: {
					version: run.livesoakVersion,
					engine,
					engine_version: engineVersion,
					server_version: serverVersion ?? "",
				},
				value: 1,
			})),
	},
	onView("livesoak_run_elapsed_seconds", "Since the start of the run", (v) => v.elapsedMs / 1_000),
	onView("livesoak_run_planned_seconds", "Planned length of the run", (v) => v.durationMs / 1_000),
	onView("livesoak_participants_target", "Participants that should be alive now", (v) => v.target),
	{
		name: "livesoak_participants",
		type: "gauge",
		help: "Participants that are joining or alive now",
		labels: ["state", "engine", "ice", "room_class"],
		read: ({ view }) => (view ? populations(view.totals) : []),
	},
	{
		name: "livesoak_participants_total",
		type: "counter",
		help: "Participants that have begun, joined, failed, been lost, left",
		labels: ["event", "engine", "ice", "room_class"],
		read: ({ view }) => (view ? lives(view.totals) : []),
	},
	counterOf("livesoak_connect_failures_total", "failures", ["stage", "cause"], "Joins that failed"),
	counterOf("livesoak_participants_lost_total", "lost", ["cause"], "Joined participants lost"),
	counterOf("livesoak_rtp_packets_total", "packets", ["direction"], "RTP packets"),
	counterOf("livesoak_rtp_bytes_total", "bytes", ["direction"], "RTP bytes"),
	counterOf("livesoak_reconnects_total", "reconnects", ["cause"], "Connections lost and restored"),
	counterOf("livesoak_faults_total", "faults", ["kind"], "Faults of the scenario that have begun"),
	{
		name: "livesoak_fault_active",
		type: "gauge",
		help: "Faults of the scenario that are under way now, of each kind that there has been",
		labels: ["kind"],
		read: ({ view }) =>
			(view?.totals.series("faults") ?? []).map(({ labels }) => ({
				labels,
				value: (view?.activeFaults ?? []).filter((kind) => kind === labels.kind).length,
			})),
	},
	counterOf(
		"livesoak_recoveries_total",
		"recoveries",
		["kind", "outcome"],
		"Participants that a fault met: recovered or failed",
	),
	{
		name: "livesoak_rtp_packets_lost_total",
		type: "counter",
		help: "RTP packets lost; a packet that came late after all lowers it (RFC 3550)",
		labels: [],
		read: ({ view }) => (view ? [{ labels: {}, value: view.totals.counter("packetsLost") }] : []),
	},
	counterOf(
		"livesoak_rtp_packets_reordered_total",
		"packetsReordered",
		[],
		"RTP packets that came after a later one",
	),
	counterOf(
		"livesoak_rtp_packets_duplicated_total",
		"packetsDuplicated",
		[],
		"Copies of RTP packets",
	),
	counterOf(
		"livesoak_rtp_packets_sampled_total",
		"packetsSampled",
		[],
		"Received RTP packets that were decrypted as a sample",
	),
	counterOf(
		"livesoak_rtp_packets_decrypted_total",
		"packetsDecrypted",
		[],
		"Sampled RTP packets whose decryption succeeded",
	),
	counterOf("livesoak_data_packets_total", "dataPackets", ["direction"], "Data messages"),
	counterOf("livesoak_data_bytes_total", "dataBytes", ["direction"], "Payload of data messages"),
	counterOf(
		"livesoak_data_packets_lost_total",
		"dataPacketsLost",
		[],
		"Data messages lost; one that came late after all lowers it",
	),
	counterOf(
		"livesoak_data_packets_duplicated_total",
		"dataPacketsDuplicated",
		[],
		"Data messages that came more than once",
	),
	counterOf(
		"livesoak_data_packets_reordered_total",
		"dataPacketsReordered",
		[],
		"Data messages that came after a later one",
	),
	{
		name: "livesoak_candidate_pairs",
		type: "gauge",
		help: "Selected candidate pairs since the start of the run",
		labels: ["peer", "local", "remote", "protocol", "relay_protocol"],
		read: ({ view }) =>
			(view?.totals.series("pairs") ?? []).map(({ labels, value }) => {
				const { relayProtocol, ...rest } = labels;
				return { labels: { ...rest, relay_protocol: relayProtocol }, value };
			}),
	},
];

function onView(name: string, help: string, value: (view: RunView) => number): PlainMetric {
	return {
		...{ name, type: "gauge", help, labels: [] },
		read: ({ view }) => (view ? [{ labels: {}, value: value(view) }] : []),
	};
}

function counterOf(
	name: string,
	counter: Exclude<CounterName, "participants" | "packetsLost" | "pairs">,
	labels: readonly string[],
	help: string,
): PlainMetric {
	return {
		name,
		type: "counter",
		help,
		labels,
		read: ({ view }) => view?.totals.series(counter) ?? [],
	};
}

/** `role` is called `room_class` outside: what kind of member of a room it is. */
function bounded({ engine, ice, role }: { engine: string; ice: string; role: string }) {
	return { engine, ice, room_class: role };
}

/** Every event of a group that has begun, also those that nobody met yet: a rate needs their zero. */
function lives(totals: Aggregates): Series[] {
	const found = totals.series("participants").map(({ labels, value }) => ({
		labels: { event: labels.event, ...bounded(labels) },
		value,
	}));
	const known = new Set(found.map(({ labels }) => Object.values(labels).join(" ")));
	const begun = found.filter(({ labels }) => labels.event === "begun");
	const zeros = begun.flatMap(({ labels }) =>
		["joined", "failed", "lost", "left"].map((event) => ({
			labels: { ...labels, event },
			value: 0,
		})),
	);
	return [...found, ...zeros.filter(({ labels }) => !known.has(Object.values(labels).join(" ")))];
}

/** alive = joined − lost − left, joining = begun − joined − failed, for each set of labels. */
function populations(totals: Aggregates): Series[] {
	const signs: Readonly<Record<string, { joining: number; alive: number }>> = {
		begun: { joining: 1, alive: 0 },
		joined: { joining: -1, alive: 1 },
		failed: { joining: -1, alive: 0 },
		lost: { joining: 0, alive: -1 },
		left: { joining: 0, alive: -1 },
	};
	const groups = new Map<string, { labels: Series["labels"]; joining: number; alive: number }>();
	for (const { labels, value } of totals.series("participants")) {
		const group = bounded(labels);
		const key = Object.values(group).join(" ");
		const sum = groups.get(key) ?? { labels: group, joining: 0, alive: 0 };
		sum.joining += value * (signs[labels.event]?.joining ?? 0);
		sum.alive += value * (signs[labels.event]?.alive ?? 0);
		groups.set(key, sum);
	}
	return [...groups.values()].flatMap(({ labels, joining, alive }) => [
		{ labels: { state: "joining", ...labels }, value: Math.max(0, joining) },
		{ labels: { state: "alive", ...labels }, value: Math.max(0, alive) },
	]);
}
