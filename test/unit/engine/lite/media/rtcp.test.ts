import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactNtp, roundTripMs, toNtp } from "../../../../../src/engine/lite/media/ntp-time.js";
import { readRtcp } from "../../../../../src/engine/lite/media/read-rtcp.js";
import {
	goodbye,
	isRtcp,
	type ReportBlock,
	receiverReport,
	type SenderReport,
	senderReport,
} from "../../../../../src/engine/lite/media/rtcp.js";

const word = fc.integer({ min: 0, max: 0xffffffff });
const cname = fc.string({ unit: "binary", maxLength: 120 });
const block: fc.Arbitrary<ReportBlock> = fc.record({
	ssrc: word,
	fractionLost: fc.integer({ min: 0, max: 255 }).map((n) => n / 256),
	packetsLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
	highestSequence: word,
	jitter: word,
	lastSr: word,
	delaySinceLastSr: word,
});

function readAll(packet: Buffer) {
	const reports: SenderReport[] = [];
	const blocks: ReportBlock[] = [];
	const byes: number[] = [];
	const isWhole = readRtcp(packet, {
		onSenderReport: (report) => reports.push(report),
		onReportBlock: (each) => blocks.push(each),
		onBye: (ssrc) => byes.push(ssrc),
	});
	return { isWhole, reports, blocks, byes };
}

describe("a compound packet", () => {
	it("gives a sender report back as it was written", () => {
		const report = fc.record({
			ssrc: word,
			rtpTimestamp: word,
			packets: word,
			payloadBytes: word,
			nowMs: fc.double({ min: 0, max: 2e12, noNaN: true }),
			cname,
		});
		fc.assert(
			fc.property(report, (written) => {
				const packet = senderReport(written);
				expect(isRtcp(packet)).toBe(true);
				const { ssrc, rtpTimestamp, packets, payloadBytes, nowMs } = written;
				const { seconds, fraction } = toNtp(nowMs);
				expect(readAll(packet)).toEqual({
					isWhole: true,
					reports: [
						{
							ssrc,
							rtpTimestamp,
							packets,
							payloadBytes,
							ntpSeconds: seconds,
							ntpFraction: fraction,
						},
					],
					blocks: [],
					byes: [],
				});
			}),
		);
	});

	it("gives report blocks back as they were written, and what follows them", () => {
		fc.assert(
			fc.property(word, fc.array(block, { maxLength: 31 }), cname, (ssrc, blocks, name) => {
				const packet = Buffer.concat([
					receiverReport({ ssrc, blocks, cname: name }),
					goodbye(ssrc, name),
				]);
				expect(readAll(packet)).toEqual({ isWhole: true, reports: [], blocks, byes: [ssrc] });
			}),
		);
	});

	it("keeps a loss beyond 24 bits at its bound", () => {
		const lost = (packetsLost: number) => {
			const blocks = [{ ...aBlock, packetsLost }];
			return readAll(receiverReport({ ssrc: 1, blocks, cname: "c" })).blocks[0]?.packetsLost;
		};
		expect(lost(2 ** 30)).toBe(0x7fffff);
		expect(lost(-(2 ** 30))).toBe(-0x800000);
	});

	it("passes over what it does not know", () => {
		const feedback = Buffer.from("81cd00030000000100000002000a0000", "hex");
		const packet = Buffer.concat([feedback, goodbye(7, "c")]);
		expect(readAll(packet)).toMatchObject({ isWhole: true, byes: [7] });
	});

	it("tells what stood before a fault, and that there was one", () => {
		const whole = receiverReport({ ssrc: 1, blocks: [aBlock], cname: "somebody" });
		const cut = readAll(whole.subarray(0, whole.length - 1));
		expect(cut.isWhole).toBe(false);
		expect(cut.blocks).toEqual([aBlock]);
	});

	it("refuses a count of blocks that the packet cannot hold", () => {
		const packet = receiverReport({ ssrc: 1, blocks: [aBlock], cname: "c" });
		packet[0] = 0x82;
		expect(readAll(packet)).toMatchObject({ isWhole: false, blocks: [] });
	});

	it("never throws, whatever comes", () => {
		const nearly = fc.tuple(fc.integer({ min: 192, max: 223 }), fc.uint8Array({ maxLength: 80 }));
		fc.assert(
			fc.property(nearly, ([type, bytes]) => {
				const packet = Buffer.from([0x81, type, 0, 2, ...bytes]);
				expect(typeof readAll(packet).isWhole).toBe("boolean");
			}),
			{ numRuns: 1000 },
		);
	});

	it("is told from RTP by its type (RFC 5761)", () => {
		expect(isRtcp(Buffer.from("80ef00010000000200000003", "hex"))).toBe(false);
		expect(isRtcp(Buffer.from("806f00010000000200000003", "hex"))).toBe(false);
	});
});

describe("NTP time", () => {
	it("begins in 1900", () => {
		expect(toNtp(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
		expect(toNtp(1500.25)).toEqual({
			seconds: 2_208_988_801,
			fraction: 0x8010624d,
		});
	});

	it("gives the round trip, across the wrap of its middle 32 bits, to 1/65536 s", () => {
		const sentAt = fc.double({ min: 0, max: 2e12, noNaN: true });
		const delay = fc.double({ min: 0, max: 60_000, noNaN: true });
		fc.assert(
			fc.property(sentAt, delay, delay, (sentMs, heldMs, tripMs) => {
				const lastSr = compactNtp(toNtp(sentMs));
				fc.pre(lastSr !== 0);
				const delaySinceLastSr = Math.round((heldMs / 1000) * 65_536);
				const rtt = roundTripMs({ lastSr, delaySinceLastSr }, sentMs + heldMs + tripMs);
				// The times themselves are cut to 1/65536 s, three of them; doubles of 2e12 to 2^-12 ms.
				expect(rtt).toBeGreaterThan(tripMs - 0.05);
				expect(rtt).toBeLessThan(tripMs + 0.05);
			}),
		);
	});

	it("knows no round trip from a report that answers none, or that came before it was sent", () => {
		expect(roundTripMs({ lastSr: 0, delaySinceLastSr: 0 }, 1000)).toBeUndefined();
		const lastSr = compactNtp(toNtp(10_000));
		expect(roundTripMs({ lastSr, delaySinceLastSr: 65_536 }, 10_500)).toBeUndefined();
	});
});

const aBlock: ReportBlock = {
	ssrc: 5,
	fractionLost: 0.25,
	packetsLost: 3,
	highestSequence: 70_000,
	jitter: 12,
	lastSr: 77,
	delaySinceLastSr: 88,
};
