import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { TrackWindow } from "../../../src/sample/media-window.js";
import type { ParticipantLabels, Sample } from "../../../src/sample/sample.js";

const labels: ParticipantLabels = { engine: "native", ice: "direct", role: "both" };

function folded(...samples: Sample[]): Aggregates {
	const aggregates = new Aggregates();
	for (const sample of samples) fold(aggregates, sample);
	return aggregates;
}

function media(...tracks: Partial<TrackWindow>[]): Sample {
	const quiet = {
		durationMs: 1000,
		packetsReceived: 0,
		packetsLost: 0,
		bytesReceived: 0,
		jitterMs: 7,
	};
	return {
		kind: "media",
		labels,
		window: {
			durationMs: 1000,
			packetsSent: 50,
			bytesSent: 4000,
			audioFramesLate: 1,
			audioFramesDue: 50,
			tracks: tracks.map((track) => ({ ...quiet, ...track })),
		},
	};
}

describe("folding a life", () => {
	it("counts each event once, with its labels", () => {
		const aggregates = folded(
			{ kind: "begun", labels, lateMs: 4 },
			{ kind: "stage", labels, stage: "ice", sinceScheduledMs: 80 },
			{ kind: "joined", labels },
			{ kind: "lost", labels, cause: "worker-died" },
			{ kind: "begun", labels, lateMs: 0 },
			{ kind: "failed", labels, stage: "ice", cause: "turn-unreachable" },
		);
		expect(aggregates.snapshot().counters).toEqual({
			"failures{stage=ice,cause=turn-unreachable}": 1,
			"lost{cause=worker-died}": 1,
			"participants{event=begun,engine=native,ice=direct,role=both}": 2,
			"participants{event=failed,engine=native,ice=direct,role=both}": 1,
			"participants{event=joined,engine=native,ice=direct,role=both}": 1,
			"participants{event=lost,engine=native,ice=direct,role=both}": 1,
		});
		expect(aggregates.distribution("connect.ice")?.max).toBe(80);
		expect(aggregates.distribution("tester.startDelay")?.count).toBe(2);
	});

	it("counts a pair with and without a relay apart", () => {
		const direct = { peer: "both", local: "host", remote: "host", protocol: "udp" } as const;
		const relayed = { ...direct, local: "relay", relayProtocol: "tls" } as const;
		const aggregates = folded(
			{ kind: "pair", labels, pair: direct },
			{ kind: "pair", labels, pair: relayed },
		);
		expect(aggregates.series("pairs").map(({ labels: pair }) => pair.relayProtocol)).toEqual([
			"",
			"tls",
		]);
	});

	it("counts a reconnect that never came back without a duration", () => {
		const aggregates = folded({ kind: "reconnect", labels, cause: "resume" });
		expect(aggregates.counter("reconnects", { cause: "resume" })).toBe(1);
		expect(aggregates.distribution("reconnect.duration")).toBeUndefined();
	});
});

describe("folding a media window", () => {
	it("adds packets up and takes loss of those expected", () => {
		const aggregates = folded(
			media(
				{ packetsReceived: 48, packetsLost: 2, bytesReceived: 3000 },
				{ packetsReceived: 50, packetsLost: 0, bytesReceived: 3100 },
			),
		);
		expect(aggregates.counter("packets", { direction: "sent" })).toBe(50);
		expect(aggregates.counter("packets", { direction: "received" })).toBe(98);
		expect(aggregates.counter("packetsLost")).toBe(2);
		expect(aggregates.counter("bytes", { direction: "received" })).toBe(6100);
		expect(aggregates.distribution("rtp.loss")?.mean).toBe(0.02);
		expect(aggregates.distribution("audio.late")?.mean).toBe(0.02);
	});

	it("takes no jitter, loss or decoder figure from a track that had none", () => {
		const aggregates = folded(media({}));
		for (const name of ["rtp.jitter", "rtp.loss", "rtp.rtt", "audio.mos"] as const) {
			expect(aggregates.distribution(name), name).toBeUndefined();
		}
		for (const name of ["audio.concealment", "audio.silence"] as const) {
			expect(aggregates.distribution(name), name).toBeUndefined();
		}
	});

	it("takes loss from a window in which every packet was lost", () => {
		expect(folded(media({ packetsLost: 30 })).distribution("rtp.loss")?.mean).toBe(1);
	});

	it("takes decoder figures where there are some", () => {
		const aggregates = folded(
			media({
				packetsReceived: 50,
				concealedSamples: 480,
				totalSamples: 48_000,
				silentMs: 0,
				audibleMs: 1000,
				oneWayDelayMs: 60,
				mos: 4.3,
			}),
		);
		expect(aggregates.distribution("audio.concealment")?.mean).toBe(0.01);
		expect(aggregates.distribution("audio.silence")?.mean).toBe(0);
		expect(aggregates.distribution("audio.delay")?.mean).toBe(60);
		expect(aggregates.distribution("audio.mos")?.mean).toBe(4.3);
	});
});

describe("folding data messages", () => {
	const data = {
		...{ packetsSent: 10, bytesSent: 2000, packetsLate: 1 },
		...{ packetsReceived: 38, bytesReceived: 7600, packetsLost: 2 },
		...{ packetsDuplicated: 3, packetsReordered: 4, latenciesMs: [1, 9] },
	};
	const withData = (more: Partial<typeof data> = {}): Sample => {
		const sample = media();
		if (sample.kind !== "media") throw new Error("not a media sample");
		return { ...sample, window: { ...sample.window, data: { ...data, ...more } } };
	};

	it("counts and times them apart from RTP", () => {
		const aggregates = folded(withData(), withData({ packetsLost: -1, latenciesMs: [] }));
		expect(aggregates.counter("dataPackets", { direction: "sent" })).toBe(20);
		expect(aggregates.counter("dataPackets", { direction: "received" })).toBe(76);
		expect(aggregates.counter("dataBytes", { direction: "received" })).toBe(15_200);
		expect(aggregates.counter("dataPacketsLost")).toBe(1);
		expect(aggregates.counter("dataPacketsDuplicated")).toBe(6);
		expect(aggregates.counter("dataPacketsReordered")).toBe(8);
		expect(aggregates.distribution("data.loss")?.mean).toBeCloseTo(1 / 77, 9);
		expect(aggregates.distribution("data.late")?.mean).toBe(0.1);
		expect(aggregates.distribution("data.latency")).toMatchObject({ count: 2, min: 1, max: 9 });
		expect(aggregates.counter("packets", { direction: "sent" })).toBe(100);
	});

	it("leaves no trace where none was asked for, and a zero where nothing came", () => {
		expect(folded(media()).series("dataPackets")).toEqual([]);
		const nothing = { packetsSent: 0, packetsReceived: 0, packetsLost: 0, latenciesMs: [] };
		const aggregates = folded(withData(nothing));
		expect(aggregates.series("dataPackets").map(({ value }) => value)).toEqual([0, 0]);
		for (const name of ["data.loss", "data.late", "data.latency"] as const)
			expect(aggregates.distribution(name), name).toBeUndefined();
	});
});
