import type { DataTotals } from "../sample/data-totals.js";
import type { MediaWindow, TrackWindow } from "../sample/media-window.js";
import type { Sample } from "../sample/sample.js";
import type { Aggregates } from "./aggregates.js";

/** Adds one sample to the aggregates: the only way in for measurements. */
export function fold(aggregates: Aggregates, sample: Sample): void {
	switch (sample.kind) {
		case "begun":
			aggregates.add("participants", { event: "begun", ...labelsOf(sample) });
			aggregates.record("tester.startDelay", sample.lateMs);
			return;
		case "stage":
			aggregates.record(`connect.${sample.stage}`, sample.sinceScheduledMs);
			return;
		case "joined":
			aggregates.add("participants", { event: "joined", ...labelsOf(sample) });
			return;
		case "failed":
			aggregates.add("participants", { event: "failed", ...labelsOf(sample) });
			aggregates.add("failures", { stage: sample.stage, cause: sample.cause });
			return;
		case "lost":
			aggregates.add("participants", { event: "lost", ...labelsOf(sample) });
			aggregates.add("lost", { cause: sample.cause });
			return;
		case "left":
			aggregates.add("participants", { event: "left", ...labelsOf(sample) });
			return;
		case "pair": {
			const { peer, local, remote, protocol, relayProtocol = "" } = sample.pair;
			aggregates.add("pairs", { peer, local, remote, protocol, relayProtocol });
			return;
		}
		case "reconnect":
			aggregates.add("reconnects", { cause: sample.cause });
			if (sample.durationMs !== undefined) {
				aggregates.record("reconnect.duration", sample.durationMs);
			}
			return;
		case "media":
			foldMedia(aggregates, sample.window);
			return;
		case "lag":
			aggregates.record("tester.lag", sample.lagMs);
			return;
		case "fault":
			aggregates.add("faults", { kind: sample.fault });
			return;
		case "recovery":
			aggregates.add("recoveries", { kind: sample.fault, outcome: sample.outcome });
			aggregates.record("recovery.gap", sample.gapMs);
			if (sample.outcome === "recovered") {
				aggregates.record("recovery.media", sample.recoveryMs);
			}
			return;
		case "level":
			aggregates.recordRatio("recovery.level", sample.isBack ? 1 : 0, 1);
			return;
		default:
			sample satisfies never;
	}
}

function labelsOf({ labels }: Extract<Sample, { labels: unknown }>) {
	// Named one by one: whatever else an object carries at run time must not become a label.
	return { engine: labels.engine, ice: labels.ice, role: labels.role };
}

function foldMedia(aggregates: Aggregates, window: MediaWindow): void {
	aggregates.add("packets", { direction: "sent" }, window.packetsSent);
	aggregates.add("bytes", { direction: "sent" }, window.bytesSent);
	if (window.rttMs !== undefined) aggregates.record("rtp.rtt", window.rttMs);
	if (window.audioFramesDue > 0) {
		aggregates.recordRatio("audio.late", window.audioFramesLate, window.audioFramesDue);
	}
	for (const track of window.tracks) foldTrack(aggregates, track);
	if (window.data) foldData(aggregates, window.data);
}

function foldData(aggregates: Aggregates, data: DataTotals): void {
	const { packetsSent, packetsReceived, packetsLost } = data;
	aggregates.add("dataPackets", { direction: "sent" }, packetsSent);
	aggregates.add("dataPackets", { direction: "received" }, packetsReceived);
	aggregates.add("dataBytes", { direction: "sent" }, data.bytesSent);
	aggregates.add("dataBytes", { direction: "received" }, data.bytesReceived);
	aggregates.add("dataPacketsLost", {}, packetsLost);
	aggregates.add("dataPacketsDuplicated", {}, data.packetsDuplicated);
	aggregates.add("dataPacketsReordered", {}, data.packetsReordered);
	if (packetsSent > 0) aggregates.recordRatio("data.late", data.packetsLate, packetsSent);
	if (packetsReceived !== 0 || packetsLost !== 0) {
		aggregates.recordRatio("data.loss", packetsLost, packetsLost + packetsReceived);
	}
	for (const latencyMs of data.latenciesMs) aggregates.record("data.latency", latencyMs);
}

function foldTrack(aggregates: Aggregates, track: TrackWindow): void {
	const { packetsReceived, packetsLost, totalSamples, concealedSamples } = track;
	aggregates.add("packets", { direction: "received" }, packetsReceived);
	aggregates.add("packetsLost", {}, packetsLost);
	aggregates.add("bytes", { direction: "received" }, track.bytesReceived);
	if (track.disorder) {
		aggregates.add("packetsReordered", {}, track.disorder.reordered);
		aggregates.add("packetsDuplicated", {}, track.disorder.duplicated);
	}
	if (track.decryption) {
		aggregates.add("packetsSampled", {}, track.decryption.sampled);
		aggregates.add("packetsDecrypted", {}, track.decryption.succeeded);
	}
	if (packetsReceived !== 0 || packetsLost !== 0) {
		aggregates.recordRatio("rtp.loss", packetsLost, packetsLost + packetsReceived);
	}
	// Without a packet the estimator did not move: its old value is no new reading.
	if (packetsReceived > 0) aggregates.record("rtp.jitter", track.jitterMs);
	if (concealedSamples !== undefined && totalSamples !== undefined && totalSamples > 0) {
		aggregates.recordRatio("audio.concealment", concealedSamples, totalSamples);
	}
	if (track.silentMs !== undefined && track.audibleMs !== undefined && track.audibleMs > 0) {
		aggregates.recordRatio("audio.silence", track.silentMs, track.audibleMs);
	}
	if (track.oneWayDelayMs !== undefined) aggregates.record("audio.delay", track.oneWayDelayMs);
	if (track.mos !== undefined) aggregates.record("audio.mos", track.mos);
}
