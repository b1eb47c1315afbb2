import { describe, expect, test } from "vitest";
import { checksum, oggOpus } from "../../../bench/ogg-opus.js";

/** RFC 3533 6: the pages of a file, without trusting what the writer thinks of them. */
function pagesOf(file: Buffer) {
	const pages = [];
	for (let at = 0; at < file.length; ) {
		const segments = file.readUInt8(at + 26);
		const sizes = [...file.subarray(at + 27, at + 27 + segments)];
		const length = sizes.reduce((sum, size) => sum + size, 0);
		const body = at + 27 + segments;
		pages.push({
			signature: file.toString("latin1", at, at + 4),
			type: file.readUInt8(at + 5),
			granule: Number(file.readBigUInt64LE(at + 6)),
			index: file.readUInt32LE(at + 18),
			crc: file.readUInt32LE(at + 22),
			isClosed: (sizes.at(-1) ?? 255) < 255,
			bytes: file.subarray(at, body + length),
			packet: file.subarray(body, body + length),
		});
		at = body + length;
	}
	return pages;
}

describe("an Ogg Opus file", () => {
	const packets = [1, 254, 255, 256, 510, 1275].map((length, n) => Buffer.alloc(length, n + 1));
	const pages = pagesOf(oggOpus(packets));

	test("has each packet on a page of its own, after the two headers", () => {
		expect(pages.slice(2).map(({ packet }) => packet)).toEqual(packets);
		expect(pages.every(({ isClosed, signature }) => isClosed && signature === "OggS")).toBe(true);
		expect(pages.map(({ packet }) => packet.toString("latin1", 0, 8)).slice(0, 2)).toEqual([
			...["OpusHead", "OpusTags"],
		]);
		expect(pages[0]?.packet).toHaveLength(19);
	});

	test("numbers its pages and counts 960 samples a packet", () => {
		expect(pages.map(({ index }) => index)).toEqual(pages.map((_, n) => n));
		expect(pages.map(({ granule }) => granule)).toEqual([0, 0, 960, 1920, 2880, 3840, 4800, 5760]);
		expect(pages.map(({ type }) => type)).toEqual([2, 0, 0, 0, 0, 0, 0, 4]);
	});

	test("has checksums over the page without its checksum", () => {
		for (const { bytes, crc } of pages) {
			const blank = Buffer.from(bytes);
			blank.writeUInt32LE(0, 22);
			expect(crc).toBe(checksum(blank));
		}
	});

	test("uses the CRC of Ogg", () => {
		// CRC-32/CKSUM without its length and final inversion: check value of poly 0x04c11db7, init 0.
		expect(checksum(Buffer.from("123456789"))).toBe(0x89a1897f);
	});
});
