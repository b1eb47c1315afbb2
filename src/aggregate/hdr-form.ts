import { Buffer } from "node:buffer";
import { deflateSync, inflateSync } from "node:zlib";
import { Histogram } from "./histogram.js";

/**
 * HdrHistogram's V2 encoding in base64, plain and compressed; the first word tells which. Other tools read both. Plain
 * takes a fraction of the time and twice the room: for the way between processes. Compressed is for the disk, and to the
 * byte what hdr-histogram-js writes.
 * Source: https://github.com/HdrHistogram/HdrHistogram, AbstractHistogram.encodeIntoByteBuffer.
 */
const plainCookie = 0x1c849313;
const compressedCookie = 0x1c849314;
const significantDigits = 3;
/** Where the counts begin. */
const headerBytes = 40;
/** Counts of all buckets at their widest: what claims to be longer is no histogram of ours. */
const mostBytes = headerBytes + 9 * 36_000;
const wordBits = 2 ** 32;

export function encodePlain(histogram: Histogram): string {
	return plainBytes(histogram).toString("base64");
}

export function encodeCompressed(histogram: Histogram): string {
	const packed = deflateSync(plainBytes(histogram));
	const head = Buffer.alloc(8);
	head.writeInt32BE(compressedCookie, 0);
	head.writeInt32BE(packed.length, 4);
	return Buffer.concat([head, packed]).toString("base64");
}

/** @throws RangeError for a text that is no such histogram, or one of another precision */
export function decode(text: string): Histogram {
	const given = Buffer.from(text, "base64");
	const bytes = cookieOf(given) === compressedCookie ? inflated(given) : given;
	if (cookieOf(bytes) !== plainCookie || bytes.length < headerBytes) {
		throw new RangeError("not an HDR histogram (V2)");
	}
	const end = headerBytes + bytes.readInt32BE(4);
	if (bytes.readInt32BE(12) !== significantDigits || int64At(bytes, 16) !== 1) {
		throw new RangeError("an HDR histogram of another precision");
	}
	if (end < headerBytes || end > bytes.length) throw new RangeError("a torn HDR histogram");
	const histogram = new Histogram();
	readCounts(bytes, end, histogram);
	return histogram;
}

function cookieOf(bytes: Buffer): number {
	return bytes.length >= 8 ? bytes.readInt32BE(0) : 0;
}

function inflated(bytes: Buffer): Buffer {
	const packed = bytes.subarray(8, 8 + bytes.readInt32BE(4));
	try {
		return inflateSync(packed, { maxOutputLength: mostBytes });
	} catch (cause) {
		throw new RangeError("an HDR histogram that cannot be inflated", { cause });
	}
}

/** Counts in rising order of their buckets; so many empty ones as one negative number. ZigZag LEB128. */
function readCounts(bytes: Buffer, end: number, into: Histogram): void {
	let at = headerBytes;
	let bucket = 0;
	while (at < end) {
		let byte = bytes[at++] ?? 0;
		let word = byte & 0x7f;
		// The ninth byte has eight bits of the number; nothing that long is a count that can be kept exactly.
		for (let factor = 128; byte >= 0x80; factor *= 128) {
			if (at >= end || factor > 2 ** 56) throw new RangeError("a torn HDR histogram");
			byte = bytes[at++] ?? 0;
			word += (byte & 0x7f) * factor;
		}
		if (word % 2 === 1) bucket += (word + 1) / 2;
		else into.addAt(bucket++, word / 2);
	}
}

/** Grown as needed and used again: what is returned is a copy. */
let scratch = Buffer.alloc(16_384);

function plainBytes(histogram: Histogram): Buffer {
	let at = headerBytes;
	let next = 0;
	const put = (value: number) => {
		let rest = value;
		for (; rest >= 128; rest = Math.floor(rest / 128)) scratch[at++] = (rest % 128) | 0x80;
		scratch[at++] = rest;
	};
	const putEmpty = (buckets: number) => {
		if (buckets === 1) put(0);
		else if (buckets > 1) put(buckets * 2 - 1);
	};
	histogram.eachBucket((bucket, count) => {
		// Two numbers of nine bytes at most.
		if (at + 18 > scratch.length) scratch = Buffer.concat([scratch], scratch.length * 2);
		putEmpty(bucket - next);
		put(count * 2);
		next = bucket + 1;
	});
	// An empty histogram is written with its first bucket.
	if (next === 0) put(0);
	scratch.writeInt32BE(plainCookie, 0);
	scratch.writeInt32BE(at - headerBytes, 4);
	// It writes 1 for the offset, which nobody reads, and an integer 1 for the factor, which nobody reads either.
	scratch.writeInt32BE(1, 8);
	scratch.writeInt32BE(significantDigits, 12);
	putInt64(16, 1);
	putInt64(24, histogram.top);
	putInt64(32, 1);
	return Buffer.from(scratch.subarray(0, at));
}

function putInt64(at: number, value: number): void {
	scratch.writeUInt32BE(Math.floor(value / wordBits), at);
	scratch.writeUInt32BE(value % wordBits, at + 4);
}

function int64At(bytes: Buffer, at: number): number {
	return bytes.readUInt32BE(at) * wordBits + bytes.readUInt32BE(at + 4);
}
