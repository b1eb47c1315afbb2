import type { Aggregates } from "../aggregate/aggregates.js";
import { mosModel } from "../aggregate/mos.js";
import type { ThresholdResult } from "./evaluate.js";
import { countParticipants } from "./participants.js";
import type { FaultSummary, Summary } from "./summary.js";
import type { Invalidity } from "./validity.js";
import type { Decision } from "./verdict.js";
import { unknownMetrics } from "./visibility.js";

export interface SummaryInputs {
	readonly decision: Decision;
	/** Why the run was aborted or could not run to the end. */
	readonly reason?: string;
	readonly runId?: string;
	readonly startedAt: string;
	readonly durationMs: number;
	/** The scenario's name. */
	readonly scenario: string;
	readonly seed: number;
	readonly engines: Readonly<Record<string, string>>;
	/** Of `url` only host and port are kept. */
	readonly server: {
		readonly version?: string;
		readonly url: string;
		readonly embedded: boolean;
	};
	/** Lives in the plan, and those a fresh worker began again. */
	readonly planned: number;
	readonly takenOver?: number;
	readonly totals: Aggregates;
	readonly thresholds: readonly ThresholdResult[];
	readonly invalidities: readonly Invalidity[];
	readonly faults?: readonly FaultSummary[];
	readonly trends?: readonly NonNullable<Summary["trends"]>[number][];
	readonly resumed?: readonly NonNullable<Summary["resumed"]>[number][];
	/** From `unseenMetrics`. */
	readonly unseen: ReadonlyMap<string, readonly string[]>;
	readonly tester: Omit<Summary["tester"], "lagP99Ms">;
}

/** The content of summary.json: everything another program needs to judge or compare the run. */
export function buildSummary(inputs: SummaryInputs): Summary {
	const { totals, server, reason, runId } = inputs;
	const lagP99Ms = totals.distribution("tester.lag")?.percentile(99);
	return {
		schema: 1,
		...inputs.decision,
		...(reason !== undefined && { reason }),
		...(runId !== undefined && { runId }),
		startedAt: inputs.startedAt,
		durationMs: inputs.durationMs,
		scenario: inputs.scenario,
		seed: inputs.seed,
		engines: { ...inputs.engines },
		server: { ...server, url: hostOf(server.url) },
		participants: countParticipants(totals, inputs.planned, inputs.takenOver).counts,
		packets: {
			sent: totals.counter("packets", { direction: "sent" }),
			received: totals.counter("packets", { direction: "received" }),
			lost: totals.counter("packetsLost"),
			...disorder(totals),
		},
		...decryption(totals),
		...dataCounts(totals),
		metrics: totals.toSummary(),
		unknown: unknownMetrics(inputs.unseen, totals),
		failures: counted(totals, "failures"),
		lostCauses: counted(totals, "lost"),
		reconnects: counted(totals, "reconnects"),
		candidatePairs: candidatePairs(totals),
		thresholds: inputs.thresholds.map(threshold),
		faults: (inputs.faults ?? []).map((fault) => ({ ...fault })),
		...(inputs.trends?.length && { trends: inputs.trends.map((trend) => ({ ...trend })) }),
		...(inputs.resumed?.length && { resumed: inputs.resumed.map((one) => ({ ...one })) }),
		invalidities: inputs.invalidities.map((invalidity) => ({ ...invalidity })),
		mos: mosInputs(totals),
		tester: { ...inputs.tester, ...(lagP99Ms !== undefined && { lagP99Ms }) },
	};
}

/** Only where an engine tells. */
function disorder(totals: Aggregates): Pick<Summary["packets"], "reordered" | "duplicated"> {
	if (totals.series("packetsReordered").length === 0) return {};
	return {
		reordered: totals.counter("packetsReordered"),
		duplicated: totals.counter("packetsDuplicated"),
	};
}

/** Only where an engine counts packets by their headers. */
function decryption(totals: Aggregates): Pick<Summary, "decryption"> {
	if (totals.series("packetsSampled").length === 0) return {};
	const succeeded = totals.counter("packetsDecrypted");
	return { decryption: { sampled: totals.counter("packetsSampled"), succeeded } };
}

/** Counted, if only as zero, by everybody who had data to send or to count. */
function dataCounts(totals: Aggregates): Pick<Summary, "data"> {
	if (totals.series("dataPackets").length === 0) return {};
	return {
		data: {
			sent: totals.counter("dataPackets", { direction: "sent" }),
			received: totals.counter("dataPackets", { direction: "received" }),
			lost: totals.counter("dataPacketsLost"),
			duplicated: totals.counter("dataPacketsDuplicated"),
			reordered: totals.counter("dataPacketsReordered"),
		},
	};
}

/** The most frequent first; ties in the order of their keys. */
function counted<N extends "failures" | "lost" | "reconnects">(totals: Aggregates, name: N) {
	return totals
		.series(name)
		.map(({ labels, value }) => ({ ...labels, count: value }))
		.sort((a, b) => b.count - a.count);
}

function candidatePairs(totals: Aggregates): Summary["candidatePairs"] {
	return totals.series("pairs").map(({ labels: { relayProtocol, ...labels }, value }) => {
		// The values come from CandidatePair by way of `fold`; the labels' type only says string.
		const pair = { ...labels, count: value, ...(relayProtocol !== "" && { relayProtocol }) };
		return pair as Summary["candidatePairs"][number];
	});
}

function threshold(result: ThresholdResult): Summary["thresholds"][number] {
	const { metric, expression, observed, unit, ok, advisory, reason } = result;
	return {
		...{ metric, expression, unit, ok, advisory },
		...(observed !== undefined && { observed }),
		...(reason !== undefined && { reason }),
	};
}

function mosInputs(totals: Aggregates): Summary["mos"] {
	const delay = totals.distribution("audio.delay");
	const loss = totals.distribution("rtp.loss");
	return {
		...mosModel,
		...(delay && { meanDelayMs: delay.mean }),
		...(loss && { lossRatio: loss.mean }),
	};
}

/** `wss://user:secret@host:7880/path?token` → `host:7880`; what is no URL loses all but a host. */
export function hostOf(url: string): string {
	const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
	const [authority = ""] = rest.split(/[/?#\\]/);
	return authority.slice(authority.lastIndexOf("@") + 1);
}
