import {
	type RtcStats,
	IceServerTransportProtocol as Transport,
	IceCandidateType as Type,
} from "@livekit/rtc-ffi-bindings/proto/stats_pb.js";
import { describe, expect, test } from "vitest";
import {
	firstArrivals,
	readCandidatePairs,
	readInbound,
	readOutbound,
	readRttMs,
} from "../../../src/engine/native/rtc-stats.js";
import {
	candidate,
	inboundAudio,
	outboundAudio,
	pair,
	report,
	sessionStats,
	transport,
} from "./session-stats.js";

type Local = Parameters<typeof candidate>[2];

/** One peer connection with a pair that was not selected before the one that is. */
function connection(local: Local, remote: Local = { candidateType: Type.HOST }): RtcStats[] {
	return [
		pair("other", { localCandidateId: "l0", remoteCandidateId: "r0", nominated: true }),
		candidate("local", "l0", { candidateType: Type.SRFLX }),
		candidate("remote", "r0", { candidateType: Type.SRFLX }),
		transport("chosen"),
		pair("chosen", { localCandidateId: "l1", remoteCandidateId: "r1", nominated: true }),
		candidate("local", "l1", local),
		candidate("remote", "r1", remote),
	];
}

const host: Local = { candidateType: Type.HOST };
const hostPair = { local: "host", remote: "host", protocol: "udp" };

describe("selected pairs", () => {
	test("of one peer connection for both ways, and of two", () => {
		const single = sessionStats({ publisher: connection(host) });
		expect(readCandidatePairs(single, false)).toEqual([{ peer: "both", ...hostPair }]);
		const dual = sessionStats({
			publisher: connection(host),
			subscriber: connection({ candidateType: Type.PRFLX, protocol: "tcp" }),
		});
		expect(readCandidatePairs(dual, false)).toEqual([
			{ peer: "publisher", ...hostPair },
			{ peer: "subscriber", local: "prflx", remote: "host", protocol: "tcp" },
		]);
	});

	test("only of those that have one", () => {
		const idle = [transport(""), candidate("local", "l1", host)];
		const stats = sessionStats({ publisher: idle, subscriber: connection(host) });
		expect(readCandidatePairs(stats, false)).toEqual([{ peer: "subscriber", ...hostPair }]);
		expect(readCandidatePairs(sessionStats({}), false)).toEqual([]);
		const lostCandidate = connection(host).slice(0, -1);
		expect(readCandidatePairs(sessionStats({ publisher: lostCandidate }), false)).toEqual([]);
	});

	test.each([
		[Transport.TRANSPORT_UDP, "udp"],
		[Transport.TRANSPORT_TCP, "tcp"],
		[Transport.TRANSPORT_TLS, "tls"],
	])("a relay over %i is %s; behind the TLS bridge always tls", (relayProtocol, word) => {
		const relay = { candidateType: Type.RELAY, relayProtocol };
		const stats = sessionStats({ publisher: connection(relay, { candidateType: Type.RELAY }) });
		const expected = { peer: "both", local: "relay", remote: "relay", protocol: "udp" };
		expect(readCandidatePairs(stats, false)).toEqual([{ ...expected, relayProtocol: word }]);
		expect(readCandidatePairs(stats, true)).toEqual([{ ...expected, relayProtocol: "tls" }]);
	});

	test("a relay whose protocol is not told has none: the policy is then not proved", () => {
		const stats = sessionStats({ publisher: connection({ candidateType: Type.RELAY }) });
		expect(readCandidatePairs(stats, false)[0]).not.toHaveProperty("relayProtocol");
	});

	test("a host candidate is never relayed, bridge or not", () => {
		const stats = sessionStats({ publisher: connection(host) });
		expect(readCandidatePairs(stats, true)[0]).not.toHaveProperty("relayProtocol");
	});
});

describe("received tracks", () => {
	const inbound = {
		...{ bytesReceived: 40_000n, mid: "3", totalSamplesReceived: 48_000n },
		...{ concealedSamples: 960n, silentConcealedSamples: 480n, totalAudioEnergy: 0.5 },
		...{ totalSamplesDuration: 1.25, jitterBufferDelay: 2.5, jitterBufferEmittedCount: 47_000n },
	};
	const stats = sessionStats({
		publisher: [outboundAudio({ packetsSent: 9 })],
		subscriber: [
			inboundAudio("TR_a", { packetsReceived: 500, packetsLost: -2, jitter: 0.0125, inbound }),
			inboundAudio("TR_v", { packetsReceived: 7 }, "video"),
		],
	});

	test("jitter in milliseconds, 64-bit counts as numbers, audio only", () => {
		expect(readInbound(stats, () => undefined)).toEqual([
			{
				...{ trackId: "TR_a", packetsReceived: 500, packetsLost: -2 },
				...{ bytesReceived: 40_000, jitterMs: 12.5 },
				decoded: {
					...{ totalSamplesReceived: 48_000, concealedSamples: 960 },
					...{ silentConcealedSamples: 480, totalAudioEnergy: 0.5, totalSamplesDurationS: 1.25 },
					...{ jitterBufferDelayS: 2.5, jitterBufferEmittedCount: 47_000 },
				},
			},
		]);
	});

	test("the publisher is named by track or by media section", () => {
		const asked: string[][] = [];
		const [track] = readInbound(stats, (...ids) => {
			asked.push(ids);
			return "somebody";
		});
		expect(asked).toEqual([["TR_a", "3"]]);
		expect(track?.publisherIdentity).toBe("somebody");
	});

	test("a single peer connection receives on the publisher's", () => {
		const single = sessionStats({ publisher: [inboundAudio("TR_a", { packetsReceived: 5 })] });
		expect(readInbound(single, () => undefined)).toMatchObject([{ packetsReceived: 5 }]);
	});

	test("first arrivals count lost packets too, and leave out what has not come", () => {
		const arrivals = firstArrivals(
			sessionStats({
				subscriber: [
					inboundAudio("a", {
						...{ packetsReceived: 8, packetsLost: 2, lastPacketReceivedTimestamp: 1234.5 },
					}),
					inboundAudio("b", { packetsReceived: 0, lastPacketReceivedTimestamp: 1000 }),
					inboundAudio("c", { packetsReceived: 3 }),
					inboundAudio("v", { packetsReceived: 3, lastPacketReceivedTimestamp: 1 }, "video"),
				],
			}),
		);
		expect(arrivals).toEqual([{ lastAtMs: 1234.5, packets: 10 }]);
	});
});

test("sent: all audio tracks together", () => {
	const publisher = [
		outboundAudio({ packetsSent: 10, bytesSent: 900 }),
		outboundAudio({ packetsSent: 5, bytesSent: 100 }),
		outboundAudio({ packetsSent: 99, bytesSent: 99 }, "video"),
	];
	expect(readOutbound(sessionStats({ publisher }))).toEqual({ packetsSent: 15, bytesSent: 1000 });
	expect(readOutbound(sessionStats({}))).toEqual({ packetsSent: 0, bytesSent: 0 });
});

describe("round trip in milliseconds", () => {
	const checked = (seconds: number, responses: bigint) => [
		pair("old", { currentRoundTripTime: 9, responsesReceived: 5n, nominated: true }),
		transport("chosen"),
		pair("chosen", { currentRoundTripTime: seconds, responsesReceived: responses }),
	];

	test("of the receiver report first", () => {
		const publisher = [...checked(0.5, 3n), report(0.025, 4)];
		expect(readRttMs(sessionStats({ publisher }))).toBe(25);
	});

	test("else of the selected pair's checks, whichever connection has answers", () => {
		const unmeasured = report(0, 0);
		const publisher = [unmeasured, ...checked(0.5, 0n)];
		expect(readRttMs(sessionStats({ publisher, subscriber: checked(0.04, 2n) }))).toBe(40);
		expect(readRttMs(sessionStats({ publisher: checked(0.03, 2n) }))).toBe(30);
	});

	test("unknown where nothing was measured, never zero", () => {
		expect(readRttMs(sessionStats({ publisher: checked(0, 0n) }))).toBeUndefined();
		expect(readRttMs(sessionStats({}))).toBeUndefined();
	});
});
