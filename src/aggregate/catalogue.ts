import type { ConnectStage } from "../sample/stage.js";

/** Units of the summary; each distribution has one, and thresholds on it must fit it. */
export type MetricUnit = "ms" | "ratio" | "mos";

/**
 * Histograms hold integers ("ticks"): microseconds, parts per million, thousandths of a MOS point.
 * Sums and extremes are kept in ticks too, because integers add up exactly in any order.
 */
export const ticksPerUnit: Readonly<Record<MetricUnit, number>> = {
	ms: 1000,
	ratio: 1_000_000,
	mos: 1000,
};

interface DistributionEntry {
	/** `value`: one reading a sample. `ratio`: numerator and denominator of one window. */
	readonly kind: "value" | "ratio";
	readonly unit: MetricUnit;
	readonly help: string;
	/** How the figures of two processes or two seconds become one. */
	readonly merge: "histograms and sums add, extremes widen";
}

interface CounterEntry {
	readonly kind: "counter";
	/** What is counted. */
	readonly unit: string;
	/** Label names in the fixed order of the series key; the values are a bounded set. */
	readonly labels: readonly string[];
	readonly help: string;
	readonly merge: "add";
}

function value<U extends MetricUnit>(unit: U, help: string) {
	return { kind: "value", unit, help, merge: "histograms and sums add, extremes widen" } as const;
}

function ratio(help: string) {
	return {
		kind: "ratio",
		unit: "ratio",
		help,
		merge: "histograms and sums add, extremes widen",
	} as const;
}

function counter<const L extends readonly string[]>(unit: string, labels: L, help: string) {
	return { kind: "counter", unit, labels, help, merge: "add" } as const;
}

const stageDistributions = {
	"connect.socket": value("ms", "Scheduled start to WebSocket upgraded"),
	"connect.joined": value("ms", "Scheduled start to JoinResponse"),
	"connect.gathered": value("ms", "Scheduled start to first wanted local ICE candidate"),
	"connect.ice": value("ms", "Scheduled start to nominated candidate pair"),
	"connect.dtls": value("ms", "Scheduled start to connected peer connection"),
	"connect.published": value("ms", "Scheduled start to first own RTP packet sent"),
	"connect.media": value("ms", "Scheduled start to first remote RTP packet received"),
	"connect.heard": value("ms", "Scheduled start to first decoded frame that is not silent"),
	"connect.ice.publisher": value("ms", "As connect.ice, the publisher's peer connection alone"),
	"connect.ice.subscriber": value("ms", "As connect.ice, the subscriber's peer connection alone"),
	"connect.dtls.publisher": value("ms", "As connect.dtls, the publisher's peer connection alone"),
	"connect.dtls.subscriber": value("ms", "As connect.dtls, the subscriber's peer connection alone"),
} as const satisfies Record<`connect.${ConnectStage}`, DistributionEntry>;

/** Every distribution the tool knows. A name missing here is an error in a scenario. */
export const distributions = {
	...stageDistributions,
	"rtp.loss": ratio("Packets lost of packets expected, a track and window"),
	"rtp.jitter": value("ms", "RFC 3550 interarrival jitter, a track and window"),
	"rtp.rtt": value("ms", "Round-trip time to the server, a participant and window"),
	"audio.concealment": ratio("Concealed samples of all decoded samples, a track and window"),
	"audio.silence": ratio("Time in silence of the time in which a voice was due"),
	"audio.delay": value("ms", "Estimated mouth-to-ear delay that goes into audio.mos"),
	"audio.mos": value("mos", "Estimated listening quality, ITU-T G.107 E-model, 1 to 4.5"),
	"audio.late": ratio("Published frames that left late, of all published frames"),
	"data.latency": value("ms", "Data message handed over to data message received, one way"),
	"data.loss": ratio("Data messages lost of those expected, a listener and window"),
	"data.late": ratio("Data messages that left late, of all sent"),
	"reconnect.duration": value("ms", "Connection lost to connection restored"),
	"recovery.media": value(
		"ms",
		"Fault to media again, a participant: from its beginning, or from its end where it lasts a while",
	),
	"recovery.gap": value("ms", "Longest time without RTP around a fault, a participant"),
	"recovery.level": ratio(
		"Faults after which all was as before, of those where that was looked at",
	),
	"turn.bridgeDelay": value("ms", "What the light engine's local TURN bridge adds to a datagram"),
	"tester.lag": value("ms", "Event-loop delay of the tester's processes"),
	"tester.startDelay": value("ms", "Scheduled start to the tester beginning the join"),
} as const satisfies Record<string, DistributionEntry>;

/** Every counter the tool knows. */
export const counters = {
	participants: counter(
		"participants",
		["event", "engine", "ice", "role"],
		"Lives begun, joined, failed, lost and left",
	),
	failures: counter("participants", ["stage", "cause"], "Joins that failed"),
	lost: counter("participants", ["cause"], "Joined participants lost before their planned end"),
	packets: counter("packets", ["direction"], "RTP packets sent and received"),
	packetsLost: counter(
		"packets",
		[],
		"RTP packets lost; signed, one that comes late lowers it again (RFC 3550)",
	),
	packetsReordered: counter("packets", [], "RTP packets that came after a later one; not lost"),
	packetsDuplicated: counter("packets", [], "Copies of RTP packets; counted nowhere else"),
	packetsSampled: counter(
		"packets",
		[],
		"Received RTP packets that were decrypted as a sample; the others counted by their headers",
	),
	packetsDecrypted: counter("packets", [], "Sampled RTP packets whose decryption succeeded"),
	bytes: counter("bytes", ["direction"], "RTP bytes sent and received"),
	dataPackets: counter("packets", ["direction"], "Data messages sent and received"),
	dataBytes: counter("bytes", ["direction"], "Payload of data messages sent and received"),
	dataPacketsLost: counter("packets", [], "Data messages lost; late ones take back"),
	dataPacketsDuplicated: counter("packets", [], "Data messages that came more than once"),
	dataPacketsReordered: counter("packets", [], "Data messages that came after a later one"),
	pairs: counter(
		"pairs",
		["peer", "local", "remote", "protocol", "relayProtocol"],
		"Selected candidate pairs; relayProtocol is empty unless the local candidate is a relay",
	),
	faults: counter("faults", ["kind"], "Faults that the scenario asked for and that have begun"),
	recoveries: counter(
		"participants",
		["kind", "outcome"],
		"Participants that a fault met: recovered or failed",
	),
	reconnects: counter("reconnects", ["cause"], "Connections lost and resumed or restarted"),
} as const satisfies Record<string, CounterEntry>;

export type DistributionName = keyof typeof distributions;
/** Distributions of single readings, for `record`. */
export type ValueName = {
	[N in DistributionName]: (typeof distributions)[N]["kind"] extends "value" ? N : never;
}[DistributionName];
/** Distributions of fractions, for `recordRatio`. */
export type RatioName = Exclude<DistributionName, ValueName>;
export type CounterName = keyof typeof counters;
/** The labels a counter wants, all of them. */
export type CounterLabels<N extends CounterName> = Readonly<
	Record<(typeof counters)[N]["labels"][number], string>
>;

export const distributionNames = Object.keys(distributions) as readonly DistributionName[];

export function isDistributionName(name: string): name is DistributionName {
	return Object.hasOwn(distributions, name);
}

export function isCounterName(name: string): name is CounterName {
	return Object.hasOwn(counters, name);
}
