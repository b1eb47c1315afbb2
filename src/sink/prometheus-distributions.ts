import type { DistributionName } from "../aggregate/catalogue.js";
import { peerStages, stages } from "../sample/stage.js";

/** Distributions as one histogram with exact percentiles beside it. */
export interface HistogramMetric {
	readonly name: string;
	/** The exact figures that buckets cannot give: a gauge with the label `percentile`. */
	readonly percentileName: string;
	readonly help: string;
	/** Names of the labels that tell the distributions apart; none for a single one. */
	readonly labels: readonly string[];
	readonly series: readonly {
		readonly labels: Readonly<Record<string, string>>;
		readonly distribution: DistributionName;
	}[];
	readonly baseUnit: number;
	readonly buckets: readonly number[];
}

const seconds = 0.001;

/** The bounds of LiveKit's own histograms are among these, so that the two can be laid over each other. */
const buckets = {
	jitter: [0.001, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.3, 0.6, 1],
	rtt: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 0.75, 1, 5, 10],
	connect: [0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 15, 30, 60],
	lag: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
	/** Bounds of the E-model's classes of satisfaction (ITU-T G.107 annex B) among halves. */
	mos: [1.5, 2, 2.5, 2.58, 3, 3.1, 3.5, 3.6, 4.03, 4.2, 4.34, 4.4, 4.5],
} as const;

/** Values of the label `percentile`, as summary.json names them, with what they mean. */
export const percentiles = {
	p50: 50,
	p90: 90,
	p95: 95,
	p99: 99,
	p999: 99.9,
	max: 100,
} as const;

export const histogramMetrics: readonly HistogramMetric[] = [
	{
		name: "livesoak_connect_stage_seconds",
		percentileName: "livesoak_connect_stage_percentile_seconds",
		help: "Scheduled start of a participant to the stage",
		labels: ["stage"],
		series: stages.map((stage) => ({ labels: { stage }, distribution: `connect.${stage}` })),
		baseUnit: seconds,
		buckets: buckets.connect,
	},
	{
		// A metric of its own: as series of the one above they would count twice in sums over it.
		name: "livesoak_connect_peer_stage_seconds",
		percentileName: "livesoak_connect_peer_stage_percentile_seconds",
		help: "Scheduled start of a participant to the stage of one of its peer connections",
		labels: ["stage", "peer"],
		series: peerStages.map((name) => {
			const [stage = "", peer = ""] = name.split(".");
			return { labels: { stage, peer }, distribution: `connect.${name}` };
		}),
		baseUnit: seconds,
		buckets: buckets.connect,
	},
	single("livesoak_rtp_jitter", "rtp.jitter", buckets.jitter, "RFC 3550 interarrival jitter"),
	single("livesoak_rtt", "rtp.rtt", buckets.rtt, "Round-trip time to the server"),
	single(
		"livesoak_data_latency",
		"data.latency",
		buckets.rtt,
		"Data message handed over to data message received, one way",
	),
	single(
		"livesoak_audio_delay",
		"audio.delay",
		buckets.rtt,
		"Estimated mouth-to-ear delay that goes into livesoak_audio_mos",
	),
	single(
		"livesoak_reconnect_duration",
		"reconnect.duration",
		buckets.connect,
		"Connection lost to connection restored",
	),
	single(
		"livesoak_turn_bridge_delay",
		"turn.bridgeDelay",
		buckets.lag,
		"What the local TURN bridge of light participants adds to a datagram",
	),
	single("livesoak_scheduler_lag", "tester.lag", buckets.lag, "Event-loop delay of the tester"),
	single(
		"livesoak_start_delay",
		"tester.startDelay",
		buckets.lag,
		"Scheduled start to the tester beginning the join",
	),
	{
		name: "livesoak_audio_mos",
		percentileName: "livesoak_audio_mos_percentile",
		help: "Estimated listening quality, ITU-T G.107 E-model, 1 to 4.5",
		labels: [],
		series: [{ labels: {}, distribution: "audio.mos" }],
		baseUnit: 1,
		buckets: buckets.mos,
	},
];

function single(
	name: string,
	distribution: DistributionName,
	bounds: readonly number[],
	help: string,
): HistogramMetric {
	return {
		name: `${name}_seconds`,
		percentileName: `${name}_percentile_seconds`,
		help,
		labels: [],
		series: [{ labels: {}, distribution }],
		baseUnit: seconds,
		buckets: bounds,
	};
}
