import { estimateMos, oneWayDelayMs } from "../aggregate/mos.js";
import { dataWindow } from "./data-totals.js";
import type { InboundTrackTotals, MediaTotals } from "./media-totals.js";
import type { MediaWindow, TrackWindow } from "./media-window.js";
import { SilenceMeter } from "./silence-meter.js";

/**
 * What a publisher is meant to sound like now. `mixed`: it speaks at times that the listener cannot
 * know (simulated turns), so its silence is not judged.
 */
export type Expectation = "audible" | "quiet" | "mixed";

/** Undefined identity: the engine does not know the publisher of this track. */
export type Expect = (publisherIdentity: string | undefined) => Expectation;

/**
 * The difference between two readings of running totals. A new track counts from zero, so does one
 * whose counters went back (a restart); a vanished one is left out. Counts are never negative, except
 * `packetsLost` (RFC 3550).
 * @param elapsedMs between the readings, > 0
 * @param silence remembers silent stretches from window to window; without it no pause is tolerated
 */
export function mediaWindow(
	previous: MediaTotals | undefined,
	current: MediaTotals,
	elapsedMs: number,
	expectation: Expect,
	silence: SilenceMeter = new SilenceMeter(0),
): MediaWindow {
	const before = new Map(previous?.inbound.map((track) => [track.trackId, track]));
	const rtt = current.rttMs === undefined ? {} : { rttMs: current.rttMs };
	return {
		durationMs: elapsedMs,
		...deltas(previous, current, ["packetsSent", "bytesSent"]),
		...deltas(previous, current, ["audioFramesLate", "audioFramesDue"]),
		...rtt,
		...(current.data && { data: dataWindow(previous?.data, current.data) }),
		tracks: current.inbound.map((track) => {
			const judged = expectation(track.publisherIdentity) === "audible" ? silence : undefined;
			if (judged === undefined) silence.forget(track.trackId);
			return trackWindow(before.get(track.trackId), track, elapsedMs, current.rttMs, judged);
		}),
	};
}

function trackWindow(
	previous: InboundTrackTotals | undefined,
	current: InboundTrackTotals,
	elapsedMs: number,
	rttMs: number | undefined,
	silence: SilenceMeter | undefined,
): TrackWindow {
	const base = previous !== undefined && continues(previous, current) ? previous : undefined;
	const counts = deltas(base, current, ["packetsReceived", "bytesReceived"]);
	const packetsLost = current.packetsLost - (base?.packetsLost ?? 0);
	const { jitterMs } = current;
	const decoded = current.decoded && decodedDeltas(base?.decoded, current.decoded);
	return {
		durationMs: elapsedMs,
		...counts,
		packetsLost,
		...(current.disorder && {
			disorder: deltas(base?.disorder, current.disorder, ["reordered", "duplicated"]),
		}),
		...(current.decryption && {
			decryption: deltas(base?.decryption, current.decryption, ["sampled", "succeeded"]),
		}),
		jitterMs,
		...(decoded && {
			concealedSamples: decoded.concealedSamples,
			totalSamples: decoded.totalSamplesReceived,
			...(silence &&
				judgeSilence(silence, current.trackId, decoded, elapsedMs, base !== undefined)),
		}),
		...(counts.packetsReceived > 0 &&
			quality({
				rttMs,
				jitterMs,
				jitterBufferMs: decoded && jitterBufferMs(decoded),
				lossRatio: lossRatio(packetsLost, counts.packetsReceived),
			})),
	};
}

type Decoded = NonNullable<InboundTrackTotals["decoded"]>;

const decodedCounters = [
	"totalSamplesReceived",
	"concealedSamples",
	"totalAudioEnergy",
	"totalSamplesDurationS",
	"jitterBufferDelayS",
	"jitterBufferEmittedCount",
] as const satisfies (keyof Decoded)[];

type DecodedDeltas = Record<(typeof decodedCounters)[number], number>;

function decodedDeltas(previous: Decoded | undefined, current: Decoded): DecodedDeltas {
	return deltas(previous, current, decodedCounters);
}

/** False when a counter that only grows went back: the stream was restarted under the same id. */
function continues(previous: InboundTrackTotals, current: InboundTrackTotals): boolean {
	if (current.packetsReceived < previous.packetsReceived) return false;
	if (current.bytesReceived < previous.bytesReceived) return false;
	const { decoded: was } = previous;
	const { decoded: is } = current;
	if (was === undefined || is === undefined) return true;
	return decodedCounters.every((name) => is[name] >= was[name]);
}

/** Differences of counters that belong together: if one went back, all of them start from zero. */
function deltas<K extends string>(
	previous: Readonly<Record<K, number>> | undefined,
	current: Readonly<Record<K, number>>,
	names: readonly K[],
): Record<K, number> {
	const base = names.every((name) => previous === undefined || current[name] >= previous[name])
		? previous
		: undefined;
	const entries = names.map((name) => [name, current[name] - (base?.[name] ?? 0)]);
	return Object.fromEntries(entries) as Record<K, number>;
}

function judgeSilence(
	silence: SilenceMeter,
	trackId: string,
	decoded: DecodedDeltas,
	elapsedMs: number,
	known: boolean,
) {
	const decodedMs = decoded.totalSamplesDurationS * 1000;
	if (decodedMs > 0) return silence.judge(trackId, decoded.totalAudioEnergy, decodedMs);
	// Not one sample came out of the decoder: silence, unless the track has only just appeared.
	return known ? silence.judge(trackId, 0, elapsedMs) : {};
}

function jitterBufferMs(decoded: DecodedDeltas): number | undefined {
	const { jitterBufferDelayS, jitterBufferEmittedCount: emitted } = decoded;
	return emitted > 0 ? (jitterBufferDelayS / emitted) * 1000 : undefined;
}

function lossRatio(lost: number, received: number): number {
	return lost > 0 ? lost / (lost + received) : 0;
}

function quality(inputs: Parameters<typeof oneWayDelayMs>[0] & { readonly lossRatio: number }) {
	const delayMs = oneWayDelayMs(inputs);
	const { mos } = estimateMos({ oneWayDelayMs: delayMs, lossRatio: inputs.lossRatio });
	return { oneWayDelayMs: delayMs, mos };
}
