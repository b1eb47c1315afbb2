import { GetSessionStatsCallback_Result } from "@livekit/rtc-ffi-bindings/proto/room_pb.js";
import {
	CandidatePairStats,
	IceCandidateStats,
	type IceCandidateType,
	type IceServerTransportProtocol,
	InboundRtpStreamStats,
	OutboundRtpStreamStats,
	ReceivedRtpStreamStats,
	RemoteInboundRtpStreamStats,
	RtcStats,
	RtcStats_CandidatePair,
	RtcStats_InboundRtp,
	RtcStats_LocalCandidate,
	RtcStats_OutboundRtp,
	RtcStats_RemoteCandidate,
	RtcStats_RemoteInboundRtp,
	RtcStats_Transport,
	RtcStatsData,
	RtpStreamStats,
	SentRtpStreamStats,
	TransportStats,
} from "@livekit/rtc-ffi-bindings/proto/stats_pb.js";
import type { SessionStats } from "../../../src/engine/native/rtc-stats.js";

/** As the library itself hands it out: in the classes of its own protobuf. */
export function sessionStats(stats: {
	publisher?: readonly RtcStats[];
	subscriber?: readonly RtcStats[];
}): SessionStats {
	return new GetSessionStatsCallback_Result({
		publisherStats: [...(stats.publisher ?? [])],
		subscriberStats: [...(stats.subscriber ?? [])],
	});
}

const rtc = (id: string) => new RtcStatsData({ id, timestamp: 0n });

export function outboundAudio(
	sent: { packetsSent: number; bytesSent?: number },
	kind = "audio",
): RtcStats {
	const value = new RtcStats_OutboundRtp({
		rtc: rtc("out"),
		stream: new RtpStreamStats({ kind }),
		sent: new SentRtpStreamStats({
			packetsSent: BigInt(sent.packetsSent),
			bytesSent: BigInt(sent.bytesSent ?? 0),
		}),
		outbound: new OutboundRtpStreamStats({}),
	});
	return new RtcStats({ stats: { case: "outboundRtp", value } });
}

export function inboundAudio(
	trackIdentifier: string,
	received: {
		packetsReceived: number;
		packetsLost?: number;
		jitter?: number;
		lastPacketReceivedTimestamp?: number;
		inbound?: ConstructorParameters<typeof InboundRtpStreamStats>[0];
	},
	kind = "audio",
): RtcStats {
	const { lastPacketReceivedTimestamp = 0, inbound } = received;
	const value = new RtcStats_InboundRtp({
		rtc: rtc(`in-${trackIdentifier}`),
		stream: new RtpStreamStats({ kind }),
		received: new ReceivedRtpStreamStats({
			packetsReceived: BigInt(received.packetsReceived),
			packetsLost: BigInt(received.packetsLost ?? 0),
			jitter: received.jitter ?? 0,
		}),
		inbound: new InboundRtpStreamStats({
			trackIdentifier,
			lastPacketReceivedTimestamp,
			...inbound,
		}),
	});
	return new RtcStats({ stats: { case: "inboundRtp", value } });
}

/** The receiver report on what we send. */
export function report(roundTripTime: number, roundTripTimeMeasurements: number): RtcStats {
	const value = new RtcStats_RemoteInboundRtp({
		rtc: rtc("report"),
		remoteInbound: new RemoteInboundRtpStreamStats({
			roundTripTime,
			roundTripTimeMeasurements: BigInt(roundTripTimeMeasurements),
		}),
	});
	return new RtcStats({ stats: { case: "remoteInboundRtp", value } });
}

export function transport(selectedCandidatePairId: string): RtcStats {
	const value = new RtcStats_Transport({
		rtc: rtc("transport"),
		transport: new TransportStats({ selectedCandidatePairId }),
	});
	return new RtcStats({ stats: { case: "transport", value } });
}

export function pair(
	id: string,
	parts: ConstructorParameters<typeof CandidatePairStats>[0],
): RtcStats {
	const value = new RtcStats_CandidatePair({
		rtc: rtc(id),
		candidatePair: new CandidatePairStats(parts),
	});
	return new RtcStats({ stats: { case: "candidatePair", value } });
}

export function candidate(
	side: "local" | "remote",
	id: string,
	parts: {
		candidateType: IceCandidateType;
		protocol?: string;
		relayProtocol?: IceServerTransportProtocol;
	},
): RtcStats {
	const facts = { rtc: rtc(id), candidate: new IceCandidateStats({ protocol: "udp", ...parts }) };
	return side === "local"
		? new RtcStats({ stats: { case: "localCandidate", value: new RtcStats_LocalCandidate(facts) } })
		: new RtcStats({
				stats: { case: "remoteCandidate", value: new RtcStats_RemoteCandidate(facts) },
			});
}
