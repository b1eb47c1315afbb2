/** One page of an Ogg stream (RFC 3533) with one packet in it. */
interface Page {
	readonly packet: Uint8Array;
	/** Samples at 48 kHz up to its end (RFC 7845 4). */
	readonly granule: number;
	/** 2: first page of the stream, 4: last, 0: any other. */
	readonly type: 0 | 2 | 4;
	readonly index: number;
}

const serial = 0x6c6f6164;
const samplesPerFrame = 960;
const headerBytes = 27;

/**
 * An Ogg Opus file (RFC 7845) of 20 ms mono packets, each on a page of its own: LiveKit's tester sends a
 * page as one RTP packet, however many packets are on it.
 * @param packets Opus packets, at least one, each of 1 to 1,275 bytes
 */
export function oggOpus(packets: readonly Uint8Array[]): Buffer {
	const pages: Page[] = [
		{ packet: idHeader(), granule: 0, type: 2, index: 0 },
		{ packet: commentHeader(), granule: 0, type: 0, index: 1 },
		...packets.map((packet, n): Page => {
			const granule = (n + 1) * samplesPerFrame;
			return { packet, granule, type: n === packets.length - 1 ? 4 : 0, index: n + 2 };
		}),
	];
	return Buffer.concat(pages.map(written));
}

/** RFC 7845 5.1: version 1, mono, no pre-skip, 48 kHz, no gain, mapping family 0. */
function idHeader(): Buffer {
	const header = Buffer.alloc(19);
	header.write("OpusHead");
	header.writeUInt8(1, 8);
	header.writeUInt8(1, 9);
	header.writeUInt32LE(48_000, 12);
	return header;
}

/** RFC 7845 5.2: who made it, and no comments. */
function commentHeader(): Buffer {
	const vendor = Buffer.from("livesoak");
	const header = Buffer.alloc(8 + 4 + vendor.length + 4);
	header.write("OpusTags");
	header.writeUInt32LE(vendor.length, 8);
	vendor.copy(header, 12);
	return header;
}

/** RFC 3533 6. */
function written({ packet, granule, type, index }: Page): Buffer {
	// A packet is cut into segments of 255 bytes; one that is shorter ends it.
	const segments = Math.floor(packet.length / 255) + 1;
	const page = Buffer.alloc(headerBytes + segments + packet.length);
	page.write("OggS");
	page.writeUInt8(type, 5);
	page.writeBigUInt64LE(BigInt(granule), 6);
	page.writeUInt32LE(serial, 14);
	page.writeUInt32LE(index, 18);
	page.writeUInt8(segments, 26);
	page.fill(255, headerBytes, headerBytes + segments - 1);
	page.writeUInt8(packet.length % 255, headerBytes + segments - 1);
	page.set(packet, headerBytes + segments);
	page.writeUInt32LE(checksum(page), 22);
	return page;
}

/** CRC-32 with the polynomial 0x04c11db7, not reflected, from 0; the checksum's own field counts as zeros. */
export function checksum(page: Uint8Array): number {
	let crc = 0;
	for (const byte of page) {
		crc ^= byte << 24;
		for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
	}
	return crc >>> 0;
}
