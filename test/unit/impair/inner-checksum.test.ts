import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeChecksum } from "../../../src/impair/inner-checksum.js";
import { frame } from "./frame.js";

const ipAt = 22;
const transportAt = ipAt + 20;
const checksumAt = { 6: transportAt + 16, 17: transportAt + 6 } as const;

/** RFC 1071 by the book, over pseudo header and segment: a right packet gives 0xffff. */
function verified(datagram: Buffer, protocol: number, payloadBytes: number): number {
	const bytes = (protocol === 6 ? 20 : 8) + payloadBytes;
	const pseudo = Buffer.from([...datagram.subarray(ipAt + 12, ipAt + 20), 0, protocol, 0, 0]);
	pseudo.writeUInt16BE(bytes, 10);
	const all = [...pseudo, ...datagram.subarray(transportAt, transportAt + bytes)];
	if (all.length % 2 === 1) all.push(0);
	let sum = 0;
	for (let n = 0; n < all.length; n += 2) {
		sum += (all[n] ?? 0) * 256 + (all[n + 1] ?? 0);
		if (sum > 0xffff) sum -= 0xffff;
	}
	return sum;
}

describe("the checksum of a packet in a tunnel", () => {
	const payloads = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 1400 });

	it.each([6, 17] as const)(
		"is right for every payload of protocol %i, whatever stood there",
		(protocol) => {
			fc.assert(
				fc.property(
					payloads,
					fc.integer({ min: 0, max: 0xffff }),
					fc.nat(6),
					(payload, was, padding) => {
						const datagram = frame({ payload, protocol, padding });
						datagram.writeUInt16BE(was, checksumAt[protocol]);
						completeChecksum(datagram);
						expect(verified(datagram, protocol, payload.length)).toBe(0xffff);
						if (protocol === 17) expect(datagram.readUInt16BE(checksumAt[17])).not.toBe(0);
					},
				),
			);
		},
	);

	it("is what a sum by hand gives", () => {
		// 10.78.0.1:0 to 10.78.0.2:0 with "hi": 0x0a4e + 1 + 0x0a4e + 2 + 17 + 10 + 0x6869, complemented.
		const datagram = frame({ payload: [0x68, 0x69] });
		completeChecksum(datagram);
		expect(datagram.readUInt16BE(checksumAt[17])).toBe(0xffff - (0x0a4e * 2 + 3 + 27 + 0x6869));
	});

	it.each([
		["ICMP", frame({ payload: [1, 2, 3], protocol: 1 })],
		["a first fragment", frame({ payload: [1, 2, 3], fragment: 0x2000 })],
		["a later fragment", frame({ payload: [1, 2, 3], fragment: 3 })],
		["ARP", frame({ etherType: 0x0806 })],
		["a packet shorter than it says", frame({ payload: [1, 2, 3] }).subarray(0, 48)],
		["nothing", Buffer.alloc(0)],
	])("leaves %s as it is", (_what, datagram) => {
		const before = Buffer.from(datagram);
		completeChecksum(datagram);
		expect(datagram).toEqual(before);
	});
});
