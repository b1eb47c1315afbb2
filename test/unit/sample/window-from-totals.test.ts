import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InboundTrackTotals, MediaTotals } from "../../../src/sample/media-totals.js";
import { MediaWindows } from "../../../src/sample/media-windows.js";
import { mediaWindow } from "../../../src/sample/window-from-totals.js";

const audible = () => "audible" as const;

function decoded(seconds: number, more: Partial<NonNullable<InboundTrackTotals["decoded"]>> = {}) {
	return {
		totalSamplesReceived: seconds * 48_000,
		concealedSamples: 0,
		silentConcealedSamples: 0,
		totalAudioEnergy: seconds * 0.01,
		totalSamplesDurationS: seconds,
		jitterBufferDelayS: seconds * 48_000 * 0.04,
		jitterBufferEmittedCount: seconds * 48_000,
		...more,
	};
}

function track(more: Partial<InboundTrackTotals> = {}): InboundTrackTotals {
	return {
		trackId: "T1",
		publisherIdentity: "p",
		packetsReceived: 100,
		packetsLost: 0,
		bytesReceived: 8000,
		jitterMs: 3,
		...more,
	};
}

function totals(
	inbound: readonly InboundTrackTotals[],
	more: Partial<MediaTotals> = {},
): MediaTotals {
	return {
		packetsSent: 100,
		bytesSent: 8000,
		audioFramesLate: 0,
		audioFramesDue: 100,
		inbound,
		...more,
	};
}

/** The window of a single track between two readings. */
function one(before: InboundTrackTotals | undefined, after: InboundTrackTotals) {
	const window = mediaWindow(totals(before ? [before] : []), totals([after]), 1000, audible);
	return window.tracks[0];
}

describe("a window of running totals", () => {
	it("is the difference of two readings", () => {
		const after = track({
			packetsReceived: 148,
			packetsLost: 2,
			bytesReceived: 11_900,
			jitterMs: 5,
		});
		const window = mediaWindow(
			totals([track()]),
			totals([after], { packetsSent: 150, bytesSent: 12_100, audioFramesDue: 149, rttMs: 30 }),
			1000,
			audible,
		);
		expect(window).toMatchObject({
			packetsSent: 50,
			bytesSent: 4100,
			audioFramesDue: 49,
			rttMs: 30,
		});
		expect(window.tracks).toHaveLength(1);
		expect(window.tracks[0]).toMatchObject({
			packetsReceived: 48,
			packetsLost: 2,
			bytesReceived: 3900,
			jitterMs: 5,
		});
	});

	it("counts a new track from zero and leaves a vanished one out", () => {
		const window = mediaWindow(
			totals([track({ trackId: "gone" })]),
			totals([track({ trackId: "new", packetsReceived: 7 })]),
			1000,
			audible,
		);
		expect(window.tracks.map(({ packetsReceived }) => packetsReceived)).toEqual([7]);
		expect(mediaWindow(undefined, totals([]), 1000, audible).packetsSent).toBe(100);
	});

	it("counts a track whose counters went back from zero, loss with them", () => {
		const after = track({ packetsReceived: 9, bytesReceived: 700, packetsLost: 1 });
		expect(one(track({ packetsLost: 40 }), after)).toMatchObject({
			packetsReceived: 9,
			bytesReceived: 700,
			packetsLost: 1,
		});
		const redecoded = track({ packetsReceived: 150, bytesReceived: 9000, decoded: decoded(1) });
		expect(one(track({ decoded: decoded(5) }), redecoded)?.totalSamples).toBe(48_000);
	});

	it("keeps a negative loss: packets that came late after all", () => {
		const after = track({ packetsReceived: 150, bytesReceived: 9000, packetsLost: 4 });
		expect(one(track({ packetsLost: 6 }), after)?.packetsLost).toBe(-2);
	});

	it("starts a restarted sender from zero", () => {
		const window = mediaWindow(
			totals([]),
			totals([], { packetsSent: 10, bytesSent: 90_000, audioFramesDue: 120 }),
			1000,
			audible,
		);
		expect(window).toMatchObject({ packetsSent: 10, bytesSent: 90_000, audioFramesDue: 20 });
	});

	it("never has a negative count, whatever the readings say", () => {
		const n = fc.integer({ min: 0, max: 1000 });
		const any = fc.record({ packetsReceived: n, bytesReceived: n, packetsLost: n }).map(track);
		fc.assert(
			fc.property(any, any, (before, after) => {
				const window = one(before, after);
				expect(window?.packetsReceived).toBeGreaterThanOrEqual(0);
				expect(window?.bytesReceived).toBeGreaterThanOrEqual(0);
			}),
		);
	});

	it("adds up to the totals over any number of readings that grow", () => {
		const steps = fc.array(fc.tuple(fc.nat(80), fc.integer({ min: -3, max: 9 })), {
			maxLength: 30,
		});
		fc.assert(
			fc.property(steps, (list) => {
				const windows = new MediaWindows({ expectation: audible, longestPauseMs: 0 });
				let now = track({ packetsReceived: 0, bytesReceived: 0 });
				const sum = { received: 0, lost: 0 };
				for (const [received, lost] of list) {
					now = {
						...now,
						packetsReceived: now.packetsReceived + received,
						packetsLost: now.packetsLost + lost,
					};
					const [window] = windows.next(totals([now]), 1000).tracks;
					sum.received += window?.packetsReceived ?? 0;
					sum.lost += window?.packetsLost ?? 0;
				}
				expect(sum).toEqual({ received: now.packetsReceived, lost: now.packetsLost });
			}),
		);
	});
});

describe("decoder figures of a window", () => {
	const later = { packetsReceived: 150, bytesReceived: 12_000 };

	it("are absent where nothing is decoded", () => {
		expect(one(track(), track(later))).not.toHaveProperty("totalSamples");
		expect(one(track(), track(later))).not.toHaveProperty("silentMs");
	});

	it("are differences of samples", () => {
		const after = track({ ...later, decoded: decoded(3, { concealedSamples: 4800 }) });
		expect(one(track({ decoded: decoded(1) }), after)).toMatchObject({
			concealedSamples: 4800,
			totalSamples: 96_000,
			silentMs: 0,
			audibleMs: 2000,
		});
	});

	it("call a window without energy silent, where a voice is due", () => {
		const before = track({ decoded: decoded(1) });
		const after = track({ ...later, decoded: decoded(2, { totalAudioEnergy: 0.01 }) });
		expect(one(before, after)).toMatchObject({ silentMs: 1000, audibleMs: 1000 });
		for (const expectation of ["quiet", "mixed"] as const) {
			const window = mediaWindow(totals([before]), totals([after]), 1000, () => expectation);
			expect(window.tracks[0]).not.toHaveProperty("silentMs");
		}
	});

	it("call a decoder that puts nothing out silent, once the track is known", () => {
		const dead = track({ decoded: decoded(0) });
		expect(one(undefined, dead)).not.toHaveProperty("silentMs");
		expect(one(dead, dead)).toMatchObject({ silentMs: 1000, audibleMs: 1000 });
	});

	it("tolerate the material's own pauses from window to window", () => {
		const windows = new MediaWindows({ expectation: audible, longestPauseMs: 1500 });
		const silentFrom = (seconds: number) =>
			totals([track({ decoded: decoded(seconds, { totalAudioEnergy: 0.01 }) })]);
		windows.next(silentFrom(1), 1000);
		expect(windows.next(silentFrom(2), 1000).tracks[0]).toMatchObject({
			silentMs: 0,
			audibleMs: 0,
		});
		expect(windows.next(silentFrom(3), 1000).tracks[0]).toMatchObject({ silentMs: 2000 });
	});
});

describe("the quality estimate of a window", () => {
	it("takes RTT, jitter buffer and loss", () => {
		const before = track({ decoded: decoded(1) });
		const after = track({ packetsReceived: 150, bytesReceived: 9000, decoded: decoded(2) });
		const calm = mediaWindow(totals([before]), totals([after], { rttMs: 20 }), 1000, audible);
		// 20 / 2 + 40 in the buffer + 26.5
		expect(calm.tracks[0]?.oneWayDelayMs).toBeCloseTo(76.5, 9);
		expect(calm.tracks[0]?.mos).toBeCloseTo(4.37, 2);
		const lossy = { ...after, packetsLost: 10 };
		const rough = mediaWindow(totals([before]), totals([lossy], { rttMs: 20 }), 1000, audible);
		expect(rough.tracks[0]?.mos).toBeLessThan(2.9);
	});

	it("is absent in a window without packets", () => {
		expect(one(track(), track())).not.toHaveProperty("mos");
	});
});

describe("the windows of a participant", () => {
	it("begin silence afresh when a publisher is due again", () => {
		let due: "audible" | "quiet" = "audible";
		const windows = new MediaWindows({ expectation: () => due, longestPauseMs: 1500 });
		const silentAt = (seconds: number) =>
			windows.next(totals([track({ decoded: decoded(seconds, { totalAudioEnergy: 0 }) })]), 1000);
		silentAt(1);
		due = "quiet";
		expect(silentAt(2).tracks[0]).not.toHaveProperty("silentMs");
		due = "audible";
		expect(silentAt(3).tracks[0]).toMatchObject({ silentMs: 0, audibleMs: 0 });
	});

	it("do not count a track twice that was missing from one reading", () => {
		const windows = new MediaWindows({ expectation: audible, longestPauseMs: 0 });
		windows.next(totals([track({ packetsReceived: 1000 })]), 1000);
		expect(windows.next(totals([]), 1000).tracks).toEqual([]);
		const back = windows.next(totals([track({ packetsReceived: 1100 })]), 1000);
		expect(back.tracks[0]?.packetsReceived).toBe(100);
	});
});
