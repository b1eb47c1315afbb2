import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type RtpHeader,
	RtpReader,
	rtpHeaderBytes,
	writeRtpHeader,
} from "../../../../../src/engine/lite/media/rtp-packet.js";

const header: fc.Arbitrary<RtpHeader> = fc.record({
	marker: fc.boolean(),
	payloadType: fc.integer({ min: 0, max: 127 }),
	sequence: fc.integer({ min: 0, max: 0xffff }),
	timestamp: fc.integer({ min: 0, max: 0xffffffff }),
	ssrc: fc.integer({ min: 0, max: 0xffffffff }),
	audioLevelId: fc.integer({ min: 0, max: 14 }),
	audioLevel: fc.integer({ min: 0, max: 127 }),
});

function packetOf(fields: RtpHeader, payload: Uint8Array): Buffer {
	const packet = Buffer.alloc(rtpHeaderBytes(fields) + payload.length, 0xff);
	const at = writeRtpHeader(packet, fields);
	packet.set(payload, at);
	return packet;
}

describe("an RTP packet", () => {
	it("reads as it was written", () => {
		fc.assert(
			fc.property(header, fc.uint8Array({ maxLength: 200 }), (fields, payload) => {
				const packet = packetOf(fields, payload);
				const reader = new RtpReader();
				expect(reader.read(packet)).toBe(true);
				const { marker, payloadType, sequence, timestamp, ssrc } = fields;
				expect(reader).toMatchObject({ marker, payloadType, sequence, timestamp, ssrc });
				const { payloadOffset, payloadBytes } = reader;
				expect(packet.subarray(payloadOffset, payloadOffset + payloadBytes)).toEqual(
					Buffer.from(payload),
				);
			}),
		);
	});

	it("has the bytes of RFC 3550 5.1 and RFC 6464 3", () => {
		const packet = packetOf(
			{
				marker: true,
				payloadType: 111,
				sequence: 0x0102,
				timestamp: 0x03040506,
				ssrc: 0x0708090a,
				audioLevelId: 3,
				audioLevel: 25,
			},
			Uint8Array.of(0xaa),
		);
		expect(packet.toString("hex")).toBe("90ef0102030405060708090abede000130990000aa");
	});

	it("tells no voice for levels below the pause floor", () => {
		const packet = packetOf(
			{
				marker: false,
				payloadType: 111,
				sequence: 0,
				timestamp: 0,
				ssrc: 0,
				audioLevelId: 1,
				audioLevel: 127,
			},
			new Uint8Array(0),
		);
		expect(packet[17]).toBe(127);
	});

	it("takes sequence and timestamp modulo their width", () => {
		const fields = { marker: false, payloadType: 0, ssrc: 0, audioLevelId: 0, audioLevel: 0 };
		const packet = packetOf(
			{ ...fields, sequence: 65_537, timestamp: 2 ** 32 + 5 },
			new Uint8Array(0),
		);
		const reader = new RtpReader();
		reader.read(packet);
		expect(reader).toMatchObject({ sequence: 1, timestamp: 5 });
	});
});

describe("the reader", () => {
	it("skips CSRCs and any extension, and leaves out padding", () => {
		const packet = Buffer.from(
			`b2ef0001 00000002 00000003 ${"0000000c 0000000d"} 10000002 00000000 00000000 aabbcc 000003`.replace(
				/ /g,
				"",
			),
			"hex",
		);
		const reader = new RtpReader();
		expect(reader.read(packet)).toBe(true);
		expect(packet.subarray(reader.payloadOffset).subarray(0, reader.payloadBytes)).toEqual(
			Buffer.from("aabbcc", "hex"),
		);
	});

	it.each([
		["nothing", ""],
		["less than a header", "80ef0001000000020000"],
		["another version", "40ef00010000000200000003aabb"],
		["an extension longer than the packet", "90ef00010000000200000003bede0002aabbccdd"],
		["CSRCs that are not there", "82ef00010000000200000003aabbccdd"],
		["more padding than there is payload", "a0ef00010000000200000003aabb04"],
		["padding of no length", "a0ef00010000000200000003aabb00"],
	])("refuses %s", (_, hex) => {
		expect(new RtpReader().read(Buffer.from(hex, "hex"))).toBe(false);
	});

	it("never throws, and never reaches beyond the packet", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
				const reader = new RtpReader();
				if (!reader.read(Buffer.from(bytes))) return;
				expect(reader.payloadBytes).toBeGreaterThanOrEqual(0);
				expect(reader.payloadOffset + reader.payloadBytes).toBeLessThanOrEqual(bytes.length);
			}),
			{ numRuns: 1000 },
		);
	});
});
