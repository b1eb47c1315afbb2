import fc from "fast-check";
import type { Sample } from "../../../src/sample/sample.js";
import { connectStages, stages } from "../../../src/sample/stage.js";

const labels = fc.record({
	engine: fc.constant("native" as const),
	ice: fc.constantFrom("direct" as const, "relay-udp" as const),
	role: fc.constantFrom("publisher" as const, "subscriber" as const),
});

const millis = fc.double({ min: 0, max: 100_000, noNaN: true });
const some = fc.integer({ min: 0, max: 100_000 });

const track = fc.record({
	durationMs: fc.constant(1000),
	packetsReceived: some,
	packetsLost: fc.integer({ min: -20, max: 500 }),
	bytesReceived: some,
	jitterMs: millis,
	concealedSamples: some,
	totalSamples: some,
	silentMs: fc.integer({ min: 0, max: 1000 }),
	audibleMs: fc.constant(1000),
	oneWayDelayMs: millis,
	mos: fc.double({ min: 1, max: 4.5, noNaN: true }),
});

const data = fc.record({
	packetsSent: some,
	bytesSent: some,
	packetsLate: some,
	packetsReceived: some,
	bytesReceived: some,
	packetsLost: fc.integer({ min: -20, max: 500 }),
	packetsDuplicated: some,
	packetsReordered: some,
	latenciesMs: fc.array(fc.double({ min: -1, max: 100_000, noNaN: true }), { maxLength: 5 }),
});

/** Any sample the rig can produce, for laws that hold whatever is measured. */
export const anySample: fc.Arbitrary<Sample> = fc.oneof(
	fc.record({ kind: fc.constant("begun" as const), labels, lateMs: millis }),
	fc.record({
		kind: fc.constant("stage" as const),
		labels,
		stage: fc.constantFrom(...connectStages),
		sinceScheduledMs: millis,
	}),
	fc.record({ kind: fc.constantFrom("joined" as const, "left" as const), labels }),
	fc.record({
		kind: fc.constant("failed" as const),
		labels,
		stage: fc.constantFrom("credentials" as const, ...stages),
		cause: fc.constantFrom("timeout" as const, "refused" as const, "aborted" as const),
	}),
	fc.record({
		kind: fc.constant("lost" as const),
		labels,
		cause: fc.constantFrom("worker-died" as const, "disconnected" as const),
	}),
	fc.record({
		kind: fc.constant("reconnect" as const),
		labels,
		cause: fc.constantFrom("resume" as const, "restart" as const),
		durationMs: millis,
	}),
	fc.record({ kind: fc.constant("lag" as const), lagMs: millis }),
	fc.record({
		kind: fc.constant("media" as const),
		labels,
		window: fc.record(
			{
				durationMs: fc.constant(1000),
				packetsSent: some,
				bytesSent: some,
				rttMs: millis,
				audioFramesLate: some,
				audioFramesDue: some,
				tracks: fc.array(track, { maxLength: 3 }),
				data,
			},
			{
				requiredKeys: [
					...["durationMs", "packetsSent", "bytesSent", "audioFramesLate"],
					...["audioFramesDue", "tracks"],
				] as const,
			},
		),
	}),
);
