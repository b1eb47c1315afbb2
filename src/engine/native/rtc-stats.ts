import type { Room } from "@livekit/rtc-node";
import type { CandidatePair, CandidateType } from "../../ice/candidate-pair.js";
import type { InboundTrackTotals } from "../../sample/media-totals.js";

/** What rtc-node returns for both peer connections: W3C webrtc-stats objects, 64-bit values as BigInt. */
export type SessionStats = Awaited<ReturnType<Room["getRtcStats"]>>;
type StatsEntry = SessionStats["publisherStats"][number];
type StatsOf<Case extends StatsEntry["stats"]["case"]> = Extract<
	StatsEntry["stats"],
	{ case: Case }
>["value"];

/** IceCandidateType and IceServerTransportProtocol of rtc-node, by number. */
const candidateTypes: readonly CandidateType[] = ["host", "srflx", "prflx", "relay"];
const relayProtocols = ["udp", "tcp", "tls"] as const;

/** The selected pair of each peer connection that has one. */
export function readCandidatePairs(stats: SessionStats, relayIsBridged: boolean): CandidatePair[] {
	const publisher = readPair(stats.publisherStats, relayIsBridged);
	const subscriber = readPair(stats.subscriberStats, relayIsBridged);
	// LiveKit's single peer connection (`/rtc/v1`) has no subscriber stats of its own.
	if (publisher && stats.subscriberStats.length === 0) return [{ peer: "both", ...publisher }];
	return [
		...(publisher ? [{ peer: "publisher" as const, ...publisher }] : []),
		...(subscriber ? [{ peer: "subscriber" as const, ...subscriber }] : []),
	];
}

function readPair(
	entries: readonly StatsEntry[],
	relayIsBridged: boolean,
): Omit<CandidatePair, "peer"> | undefined {
	const pair = selectedPair(entries);
	const local = candidateById(
		allOf(entries, "localCandidate"),
		pair?.candidatePair?.localCandidateId,
	);
	const remote = candidateById(
		allOf(entries, "remoteCandidate"),
		pair?.candidatePair?.remoteCandidateId,
	);
	if (!local || !remote) return undefined;
	const localType = candidateTypes[local.candidateType ?? 0] ?? "host";
	// Where it is not told it stays unknown, and a forced relay policy is not proved.
	const told = local.relayProtocol === undefined ? undefined : relayProtocols[local.relayProtocol];
	// Behind the TLS bridge libwebrtc speaks plain TCP; the leg to the TURN server is TLS.
	const relayProtocol = relayIsBridged ? "tls" : told;
	return {
		local: localType,
		remote: candidateTypes[remote.candidateType ?? 0] ?? "host",
		protocol: local.protocol === "tcp" ? "tcp" : "udp",
		...(localType === "relay" && relayProtocol ? { relayProtocol } : {}),
	};
}

function selectedPair(entries: readonly StatsEntry[]): StatsOf<"candidatePair"> | undefined {
	const selectedId = allOf(entries, "transport")[0]?.transport?.selectedCandidatePairId;
	return allOf(entries, "candidatePair").find(({ rtc }) => rtc?.id === selectedId);
}

function candidateById(candidates: readonly StatsOf<"localCandidate">[], id: string | undefined) {
	return candidates.find(({ rtc }) => rtc?.id === id)?.candidate;
}

/** Running totals of all received audio tracks. `identityOf` names the publisher by track id or `mid`. */
export function readInbound(
	stats: SessionStats,
	identityOf: (trackId: string, mid: string) => string | undefined,
): InboundTrackTotals[] {
	const entries = [...stats.publisherStats, ...stats.subscriberStats];
	return allOf(entries, "inboundRtp")
		.filter(({ stream }) => stream?.kind === "audio")
		.map(({ rtc, received, inbound }) => {
			const trackId = inbound?.trackIdentifier || rtc?.id || "";
			const publisherIdentity = identityOf(trackId, inbound?.mid ?? "");
			return {
				trackId,
				...(publisherIdentity ? { publisherIdentity } : {}),
				packetsReceived: Number(received?.packetsReceived ?? 0),
				packetsLost: Number(received?.packetsLost ?? 0),
				bytesReceived: Number(inbound?.bytesReceived ?? 0),
				jitterMs: (received?.jitter ?? 0) * 1000,
				decoded: {
					totalSamplesReceived: Number(inbound?.totalSamplesReceived ?? 0),
					concealedSamples: Number(inbound?.concealedSamples ?? 0),
					silentConcealedSamples: Number(inbound?.silentConcealedSamples ?? 0),
					totalAudioEnergy: inbound?.totalAudioEnergy ?? 0,
					totalSamplesDurationS: inbound?.totalSamplesDuration ?? 0,
					jitterBufferDelayS: inbound?.jitterBufferDelay ?? 0,
					jitterBufferEmittedCount: Number(inbound?.jitterBufferEmittedCount ?? 0),
				},
			};
		});
}

/** Latest arrival of any packet of any audio track, epoch milliseconds, with its track's packet count. */
export function firstArrivals(stats: SessionStats): { lastAtMs: number; packets: number }[] {
	return allOf([...stats.publisherStats, ...stats.subscriberStats], "inboundRtp")
		.filter(({ stream }) => stream?.kind === "audio")
		.map(({ received, inbound }) => ({
			lastAtMs: inbound?.lastPacketReceivedTimestamp ?? 0,
			packets: Number(received?.packetsReceived ?? 0) + Number(received?.packetsLost ?? 0),
		}))
		.filter(({ packets, lastAtMs }) => packets > 0 && lastAtMs > 0);
}

/** Packets and bytes sent on all audio tracks so far. */
export function readOutbound(stats: SessionStats): { packetsSent: number; bytesSent: number } {
	const sent = allOf(stats.publisherStats, "outboundRtp").filter(
		({ stream }) => stream?.kind === "audio",
	);
	return {
		packetsSent: sent.reduce((sum, { sent }) => sum + Number(sent?.packetsSent ?? 0), 0),
		bytesSent: sent.reduce((sum, { sent }) => sum + Number(sent?.bytesSent ?? 0), 0),
	};
}

/** Round trip in milliseconds: RTCP receiver reports first, the selected pair's STUN checks else. */
export function readRttMs(stats: SessionStats): number | undefined {
	const reports = allOf(stats.publisherStats, "remoteInboundRtp")
		.map(({ remoteInbound }) => remoteInbound)
		.filter((report) => Number(report?.roundTripTimeMeasurements ?? 0) > 0);
	if (reports[0]?.roundTripTime !== undefined) return reports[0].roundTripTime * 1000;
	const checked = [selectedPair(stats.publisherStats), selectedPair(stats.subscriberStats)]
		.map((pair) => pair?.candidatePair)
		.find((pair) => Number(pair?.responsesReceived ?? 0) > 0);
	const seconds = checked?.currentRoundTripTime;
	return seconds === undefined ? undefined : seconds * 1000;
}

function allOf<Case extends NonNullable<StatsEntry["stats"]["case"]>>(
	entries: readonly StatsEntry[],
	wanted: Case,
): StatsOf<Case>[] {
	return entries.flatMap(({ stats }) =>
		stats.case === wanted ? [stats.value as StatsOf<Case>] : [],
	);
}
