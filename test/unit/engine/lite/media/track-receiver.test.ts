import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalOrder } from "../../../../../src/engine/lite/media/arrival-order.js";
import { compactNtp } from "../../../../../src/engine/lite/media/ntp-time.js";
import { RtpReader } from "../../../../../src/engine/lite/media/rtp-packet.js";
import { TrackReceiver } from "../../../../../src/engine/lite/media/track-receiver.js";

interface Arriving {
	/** Never wraps. */
	readonly number: number;
	readonly atMs: number;
	readonly ssrc?: number;
	readonly timestamp?: number;
}

function receive(receiver: TrackReceiver, packets: readonly Arriving[]): TrackReceiver {
	const rtp = new RtpReader();
	for (const { number, atMs, ssrc = 9, timestamp = number * 960 } of packets) {
		rtp.ssrc = ssrc;
		rtp.sequence = number & 0xffff;
		rtp.timestamp = timestamp >>> 0;
		rtp.payloadBytes = 10;
		receiver.receive(rtp, atMs);
	}
	return receiver;
}

const newReceiver = () => new TrackReceiver({ trackId: "TR_1", publisherIdentity: "alice" });
const onTime = (number: number, ssrc = 9): Arriving => ({ number, atMs: number * 20, ssrc });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe("a track's totals", () => {
	it("are those of a clean stream across the wrap of the sequence", () => {
		const receiver = receive(
			newReceiver(),
			range(65_000, 66_000).map((n) => onTime(n)),
		);
		expect(receiver.totals()).toEqual({
			trackId: "TR_1",
			publisherIdentity: "alice",
			packetsReceived: 1000,
			packetsLost: 0,
			bytesReceived: 10_000,
			jitterMs: 0,
			disorder: { reordered: 0, duplicated: 0 },
		});
		expect(receiver.firstArrivalMs).toBe(65_000 * 20);
		expect(receiver.lastArrivalMs).toBe(65_999 * 20);
	});

	it("of encrypted packets are those of the payload alone, once a sample has been decrypted", () => {
		const receiver = newReceiver();
		const rtp = new RtpReader();
		rtp.ssrc = 9;
		const sampled: number[] = [];
		for (const number of [...range(101, 201), 120, 150]) {
			rtp.sequence = number;
			rtp.timestamp = number * 960;
			rtp.payloadBytes = 26;
			if (receiver.receiveEncrypted(rtp, number * 20)) sampled.push(number);
		}
		// The first one and every fiftieth; a copy is not decrypted a second time.
		expect(sampled).toEqual([101, 150, 200]);
		expect(receiver.totals()).toMatchObject({ bytesReceived: 0 });
		rtp.payloadBytes = 10;
		for (const number of [150, 200]) {
			rtp.sequence = number;
			expect(receiver.onDecrypted(rtp)).toBe(true);
		}
		// Told twice, and never asked for.
		for (const number of [150, 149]) {
			rtp.sequence = number;
			expect(receiver.onDecrypted(rtp)).toBe(false);
		}
		expect(receiver.totals()).toMatchObject({
			packetsReceived: 100,
			packetsLost: 0,
			bytesReceived: 1000,
			decryption: { sampled: 3, succeeded: 2 },
		});
	});

	it("count exactly what was dropped between the first and the last packet, in any order within 100", () => {
		const fates = fc.array(
			fc.record({ isLost: fc.boolean(), delayMs: fc.integer({ min: 0, max: 300 }) }),
			{
				minLength: 1,
				maxLength: 400,
			},
		);
		const start = fc.integer({ min: 0, max: 65_535 });
		fc.assert(
			fc.property(start, fates, (first, list) => {
				const sent = list.map(({ isLost, delayMs }, n) => ({
					number: first + n,
					isLost: isLost && n > 0 && n < list.length - 1,
					atMs: n * 20 + delayMs,
				}));
				const arriving = sent.filter(({ isLost }) => !isLost).sort((a, b) => a.atMs - b.atMs);
				const receiver = receive(newReceiver(), arriving);
				expect(receiver.totals()).toMatchObject({
					packetsReceived: arriving.length,
					packetsLost: sent.length - arriving.length,
				});
				let highest = -1;
				const late = arriving.filter(({ number }) => {
					const isLate = number < highest;
					highest = Math.max(highest, number);
					return isLate;
				});
				expect(receiver.reordered).toBe(late.length);
				expect(receiver.duplicates).toBe(0);
			}),
		);
	});

	it("are as if copies had not come, whenever they come", () => {
		const packets = fc.array(fc.record({ isLost: fc.boolean(), copyAfter: fc.nat(40) }), {
			minLength: 2,
			maxLength: 300,
		});
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 65_535 }), packets, (first, list) => {
				const once = list.flatMap(({ isLost }, n) => (isLost ? [] : onTime(first + n)));
				const copies = list.flatMap(({ isLost, copyAfter }, n) =>
					isLost || copyAfter > 20
						? []
						: [{ ...onTime(first + n), atMs: (first + n + copyAfter) * 20 + 1 }],
				);
				const withCopies = [...once, ...copies].sort((a, b) => a.atMs - b.atMs);
				const receiver = receive(newReceiver(), withCopies);
				expect(receiver.totals()).toEqual({
					...receive(newReceiver(), once).totals(),
					disorder: { reordered: 0, duplicated: copies.length },
				});
			}),
		);
	});

	it("take a pause for neither loss nor jitter", () => {
		const before = range(0, 50).map((n) => onTime(n));
		const after = range(50, 100).map((n) => ({
			number: n,
			atMs: n * 20 + 3000,
			timestamp: (n * 20 + 3000) * 48,
		}));
		const totals = receive(newReceiver(), [...before, ...after]).totals();
		expect(totals).toMatchObject({ packetsReceived: 100, packetsLost: 0, jitterMs: 0 });
	});

	it("go on when the server makes the stream anew under another SSRC", () => {
		const receiver = receive(newReceiver(), [
			...[0, 1, 3].map((n) => onTime(n)),
			...[40_000, 40_001, 40_004].map((n) => onTime(n, 10)),
		]);
		expect(receiver.totals()).toMatchObject({
			packetsReceived: 6,
			packetsLost: 3,
			bytesReceived: 60,
		});
		expect(receiver.totals().jitterMs).toBe(0);
		expect(receiver.ssrc).toBe(10);
	});

	it("ignore a single stray packet, and go on after a jump that is confirmed", () => {
		const receiver = receive(newReceiver(), [
			...range(0, 10).map((n) => onTime(n)),
			onTime(30_000),
			...range(10, 20).map((n) => onTime(n)),
		]);
		expect(receiver.totals()).toMatchObject({
			packetsReceived: 20,
			packetsLost: 0,
			bytesReceived: 200,
		});
		receive(
			receiver,
			range(50_000, 50_011).map((n) => onTime(n)),
		);
		expect(receiver.totals()).toMatchObject({ packetsReceived: 30, packetsLost: 0 });
		expect(receiver).toMatchObject({ reordered: 0, duplicates: 0 });
	});

	it("are zero before the first packet", () => {
		expect(newReceiver().totals()).toMatchObject({
			packetsReceived: 0,
			packetsLost: 0,
			jitterMs: 0,
		});
		expect(newReceiver().firstArrivalMs).toBeUndefined();
		expect(newReceiver().takeReportBlock(0)).toBeUndefined();
	});
});

describe("a report block", () => {
	it("tells the share lost since the one before, and the loss in all", () => {
		const receiver = receive(
			newReceiver(),
			[0, 1, 2, 4].map((n) => onTime(n)),
		);
		expect(receiver.takeReportBlock(100)).toMatchObject({
			ssrc: 9,
			fractionLost: 1 / 5,
			packetsLost: 1,
			highestSequence: 4,
			lastSr: 0,
			delaySinceLastSr: 0,
		});
		receive(
			receiver,
			[5, 6].map((n) => onTime(n)),
		);
		expect(receiver.takeReportBlock(200)).toMatchObject({ fractionLost: 0, packetsLost: 1 });
	});

	it("answers the sender's last report with how long ago it came", () => {
		const receiver = receive(newReceiver(), [onTime(0)]);
		const report = { ntpSeconds: 0x12345678, ntpFraction: 0x9abcdef0 };
		const rest = { rtpTimestamp: 0, packets: 0, payloadBytes: 0 };
		receiver.onSenderReport({ ssrc: 8, ...report, ...rest }, 1000);
		expect(receiver.takeReportBlock(3500)).toMatchObject({ lastSr: 0 });
		receiver.onSenderReport({ ssrc: 9, ...report, ...rest }, 1000);
		expect(receiver.takeReportBlock(3500)).toMatchObject({
			lastSr: compactNtp({ seconds: report.ntpSeconds, fraction: report.ntpFraction }),
			delaySinceLastSr: 2.5 * 65_536,
		});
	});

	it("counts cycles of the sequence number above its 16 bits", () => {
		const receiver = receive(
			newReceiver(),
			range(65_530, 65_540).map((n) => onTime(n)),
		);
		expect(receiver.takeReportBlock(0)?.highestSequence).toBe(65_539);
	});
});

describe("the order of arrival", () => {
	it("agrees with a list of all numbers that came, within a window of 128", () => {
		const moves = fc.array(fc.integer({ min: -120, max: 40 }), { maxLength: 400 });
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 65_535 }), moves, (start, list) => {
				const order = new ArrivalOrder();
				const came = new Set<number>();
				// Above the start, so that no number lies before the first one.
				let highest = start + 1000;
				order.receive(highest & 0xffff);
				came.add(highest);
				for (const move of list) {
					const number = highest + move;
					const expected = number > highest ? "next" : came.has(number) ? "duplicate" : "reordered";
					expect(order.receive(number & 0xffff)).toBe(expected);
					came.add(number);
					highest = Math.max(highest, number);
				}
			}),
		);
	});

	it("takes what is older than the window for a duplicate", () => {
		const order = new ArrivalOrder();
		for (const number of [0, 500]) order.receive(number);
		expect(order.receive(500 - 128)).toBe("duplicate");
		expect(order.receive(500 - 127)).toBe("reordered");
	});
});
