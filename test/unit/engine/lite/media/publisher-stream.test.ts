import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpusTape } from "../../../../../src/audio/opus-tape.js";
import { compactNtp } from "../../../../../src/engine/lite/media/ntp-time.js";
import {
	PublisherStream,
	type PublisherStreamOptions,
} from "../../../../../src/engine/lite/media/publisher-stream.js";
import { readRtcp } from "../../../../../src/engine/lite/media/read-rtcp.js";
import { isRtcp, type SenderReport } from "../../../../../src/engine/lite/media/rtcp.js";
import { RtpReader } from "../../../../../src/engine/lite/media/rtp-packet.js";

interface Sent {
	readonly marker: boolean;
	readonly sequence: number;
	readonly timestamp: number;
	/** The tape's frame, which every payload here consists of. */
	readonly frame: number;
}

/** Each payload says which frame it is; those for which `isPause` holds are empty. */
function numberedTape(isPause: (frame: number) => boolean = () => false): OpusTape {
	return {
		packetAt(frame) {
			const payload = Buffer.alloc(8);
			payload.writeDoubleBE(frame);
			return { payload: isPause(frame) ? new Uint8Array(0) : payload, level: 40 };
		},
	};
}

function begin(options: Partial<PublisherStreamOptions> = {}) {
	const rtp: Sent[] = [];
	const rtcp: Buffer[] = [];
	const reader = new RtpReader();
	const stream = new PublisherStream({
		tape: numberedTape(),
		ssrc: 77,
		cname: "somebody",
		payloadType: 111,
		audioLevelId: 1,
		startMs: 1000,
		mediaZeroAtMs: 1000,
		phaseMs: 0,
		random: () => 0.5,
		send(packet) {
			if (isRtcp(packet)) {
				rtcp.push(Buffer.from(packet));
				return;
			}
			expect(reader.read(packet)).toBe(true);
			const { marker, sequence, timestamp } = reader;
			rtp.push({ marker, sequence, timestamp, frame: packet.readDoubleBE(reader.payloadOffset) });
		},
		...options,
	});
	return { stream, rtp, rtcp };
}

function senderReports(rtcp: readonly Buffer[]): SenderReport[] {
	const reports: SenderReport[] = [];
	for (const packet of rtcp) readRtcp(packet, { onSenderReport: (report) => reports.push(report) });
	return reports;
}

const steps = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), {
	minLength: 1,
	maxLength: 200,
});

describe("a published stream", () => {
	it("has gapless sequence numbers, and timestamps that keep to media time, through pauses and stalls", () => {
		const unit = fc.double({ min: 0, max: 0.999999, noNaN: true });
		const pauses = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
		fc.assert(
			fc.property(steps, unit, pauses, (delays, random, isPause) => {
				const tape = numberedTape((frame) => isPause[frame % isPause.length] ?? false);
				const { stream, rtp } = begin({ tape, random: () => random });
				let nowMs = 1000;
				for (const delay of delays) {
					nowMs += delay;
					stream.tick(nowMs);
				}

				for (const [n, packet] of rtp.entries()) {
					const before = rtp[n - 1];
					expect(isPause[packet.frame % isPause.length]).toBe(false);
					expect(packet.marker).toBe(before === undefined || packet.frame !== before.frame + 1);
					if (!before) continue;
					expect(packet.sequence).toBe((before.sequence + 1) & 0xffff);
					expect((packet.timestamp - before.timestamp) >>> 0).toBe(
						(packet.frame - before.frame) * 960,
					);
				}
				expect(stream.packetsSent).toBe(rtp.length);
				expect(stream.bytesSent).toBe(rtp.length * 8);
				expect(stream.framesDue).toBe(Math.floor((nowMs - 1000) / 20 + 1e-6) + 1);
			}),
		);
	});

	it("sends frame n at its time and not before: after 20 n ms and the phase", () => {
		const { stream, rtp } = begin({ phaseMs: 7 });
		stream.tick(1006.9);
		expect(rtp).toHaveLength(0);
		for (let n = 0; n < 500; n++) {
			stream.tick(1007 + n * 20);
			expect(rtp).toHaveLength(n + 1);
			stream.tick(1007 + n * 20 + 19.9);
			expect(rtp).toHaveLength(n + 1);
		}
		expect(stream.framesLate).toBe(0);
	});

	it("begins with the frame that the common media clock has reached", () => {
		const { stream, rtp } = begin({ startMs: 61_000, mediaZeroAtMs: 1000 });
		stream.tick(61_000);
		expect(rtp[0]?.frame).toBe(3000);
	});

	it("counts frames that a stall made late or took away", () => {
		const { stream, rtp } = begin();
		stream.tick(1000);
		stream.tick(2000);
		expect(rtp).toHaveLength(6);
		expect(stream.framesDue).toBe(51);
		expect(stream.framesLate).toBe(48);
		expect(rtp[1]).toMatchObject({ marker: true, frame: 46 });
	});

	it("tells of the first packet once, after it was sent", () => {
		const told: number[] = [];
		const { stream, rtp } = begin({ onFirstSent: () => told.push(rtp.length) });
		stream.tick(1000);
		stream.tick(1100);
		expect(told).toEqual([1]);
	});

	it("refuses an extension id that the header cannot hold", () => {
		expect(() => begin({ audioLevelId: 15 })).toThrow(RangeError);
	});
});

describe("its sender reports", () => {
	it("come every 2.5 to 7.5 s, the first after 1.25 to 3.75 s", () => {
		const draws = fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), {
			minLength: 50,
			maxLength: 50,
		});
		fc.assert(
			fc.property(draws, (values) => {
				let drawn = 0;
				const { stream, rtcp } = begin({ random: () => values[drawn++ % 50] ?? 0 });
				const times: number[] = [];
				for (let nowMs = 1000; nowMs < 61_000; nowMs += 50) {
					const before = rtcp.length;
					stream.tick(nowMs);
					if (rtcp.length > before) times.push(nowMs);
				}
				expect(times.length).toBeGreaterThanOrEqual(7);
				const [first = 0] = times;
				expect(first - 1000).toBeGreaterThanOrEqual(1250);
				expect(first - 1000).toBeLessThanOrEqual(3800);
				for (const [n, time] of times.slice(1).entries()) {
					const gap = time - (times[n] ?? 0);
					expect(gap).toBeGreaterThanOrEqual(2500);
					expect(gap).toBeLessThanOrEqual(7550);
				}
			}),
			{ numRuns: 10 },
		);
	});

	it("tie the RTP timestamp to the time of sending, and count what was sent", () => {
		const { stream, rtp, rtcp } = begin({ phaseMs: 3 });
		for (let nowMs = 1003; nowMs <= 4003; nowMs += 20) stream.tick(nowMs);
		const [report] = senderReports(rtcp);
		const [first] = rtp;
		if (!report || !first) throw new Error("nothing was sent");
		// random() = 0.5: due 2500 ms after the start, sent with the tick after it.
		const atMs = 3503;
		expect((report.rtpTimestamp - first.timestamp) >>> 0).toBe((atMs - 1003) * 48);
		expect(report.ntpSeconds - 2_208_988_800).toBe(3);
		expect(report).toMatchObject({ ssrc: 77, packets: 126, payloadBytes: 126 * 8 });
	});

	it("are not sent before there was a packet", () => {
		const { stream, rtcp } = begin({ tape: numberedTape(() => true) });
		for (let nowMs = 1000; nowMs < 20_000; nowMs += 20) stream.tick(nowMs);
		expect(rtcp).toHaveLength(0);
	});

	it("give the round trip when a receiver answers them, and only for this stream", () => {
		const { stream, rtcp } = begin();
		for (let nowMs = 1000; nowMs <= 3500; nowMs += 20) stream.tick(nowMs);
		const [report] = senderReports(rtcp);
		if (!report) throw new Error("no report was sent");
		const lastSr = compactNtp({ seconds: report.ntpSeconds, fraction: report.ntpFraction });
		const block = { fractionLost: 0, packetsLost: 0, highestSequence: 0, jitter: 0, lastSr };
		stream.onReportBlock({ ...block, ssrc: 78, delaySinceLastSr: 0 }, 3500 + 900);
		expect(stream.rttMs).toBeUndefined();
		stream.onReportBlock({ ...block, ssrc: 77, delaySinceLastSr: 65_536 / 2 }, 3500 + 540);
		expect(stream.rttMs).toBeCloseTo(40, 1);
		stream.onReportBlock({ ...block, ssrc: 77, lastSr: 0, delaySinceLastSr: 0 }, 3500 + 600);
		expect(stream.rttMs).toBeCloseTo(40, 1);
	});

	it("end with a goodbye", () => {
		const { stream, rtcp } = begin();
		stream.end();
		const byes: number[] = [];
		for (const packet of rtcp) readRtcp(packet, { onBye: (ssrc) => byes.push(ssrc) });
		expect(byes).toEqual([77]);
	});
});
