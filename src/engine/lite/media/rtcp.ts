import { toNtp } from "./ntp-time.js";

/** RFC 3550 12.1. */
const packetType = { senderReport: 200, receiverReport: 201, description: 202, bye: 203 } as const;
const cnameItem = 1;
const headerBytes = 4;
const blockBytes = 24;

/** What one receiver tells of one sender (RFC 3550 6.4.1). */
export interface ReportBlock {
	/** Whom it is about. */
	readonly ssrc: number;
	/** Share lost since the last report, 0 to 255/256. */
	readonly fractionLost: number;
	/** Signed. */
	readonly packetsLost: number;
	/** Highest sequence number received, with its cycles in the upper 16 bits. */
	readonly highestSequence: number;
	/** In units of the RTP timestamp. */
	readonly jitter: number;
	/** Middle 32 bits of the last sender report's NTP time; 0 if there was none. */
	readonly lastSr: number;
	/** In units of 1/65536 s. */
	readonly delaySinceLastSr: number;
}

export interface SenderReport {
	readonly ssrc: number;
	readonly ntpSeconds: number;
	readonly ntpFraction: number;
	readonly rtpTimestamp: number;
	readonly packets: number;
	readonly payloadBytes: number;
}

/** RTCP or RTP, where both share a transport: RFC 5761 4. */
export function isRtcp(packet: Buffer): boolean {
	if (packet.length < headerBytes) return false;
	const type = packet.readUInt8(1);
	return type >= 192 && type <= 223;
}

/** A compound packet: sender report and CNAME (RFC 3550 6.1, 6.4.1, 6.5.1). Counters wrap at 2^32. */
export function senderReport(report: {
	readonly ssrc: number;
	/** Epoch milliseconds, and the RTP timestamp of the same moment. */
	readonly nowMs: number;
	readonly rtpTimestamp: number;
	readonly packets: number;
	readonly payloadBytes: number;
	readonly cname: string;
}): Buffer {
	const body = Buffer.alloc(24);
	const { seconds, fraction } = toNtp(report.nowMs);
	const words = [report.ssrc, seconds, fraction, report.rtpTimestamp];
	for (const [at, word] of [...words, report.packets, report.payloadBytes].entries())
		body.writeUInt32BE(word >>> 0, at * 4);
	return Buffer.concat([
		rtcpPacket(packetType.senderReport, 0, body),
		description(report.ssrc, report.cname),
	]);
}

/** A compound packet: receiver report of up to 31 blocks, and CNAME. */
export function receiverReport(report: {
	/** Of the receiver itself. */
	readonly ssrc: number;
	readonly blocks: readonly ReportBlock[];
	readonly cname: string;
}): Buffer {
	const { blocks, ssrc } = report;
	if (blocks.length > 31) throw new RangeError(`${blocks.length} report blocks, at most 31 fit`);
	const body = Buffer.alloc(4 + blocks.length * blockBytes);
	body.writeUInt32BE(ssrc >>> 0, 0);
	for (const [n, block] of blocks.entries()) writeBlock(body, 4 + n * blockBytes, block);
	return Buffer.concat([
		rtcpPacket(packetType.receiverReport, blocks.length, body),
		description(ssrc, report.cname),
	]);
}

/** A compound packet that says goodbye: an empty receiver report, CNAME and BYE (RFC 3550 6.6). */
export function goodbye(ssrc: number, cname: string): Buffer {
	const body = Buffer.alloc(4);
	body.writeUInt32BE(ssrc >>> 0, 0);
	const report = receiverReport({ ssrc, blocks: [], cname });
	return Buffer.concat([report, rtcpPacket(packetType.bye, 1, body)]);
}

function rtcpPacket(type: number, count: number, body: Buffer): Buffer {
	const packet = Buffer.alloc(headerBytes + body.length);
	packet[0] = 0x80 | count;
	packet[1] = type;
	packet.writeUInt16BE(body.length / 4, 2);
	body.copy(packet, headerBytes);
	return packet;
}

function description(ssrc: number, cname: string): Buffer {
	const text = Buffer.from(cname, "utf8").subarray(0, 255);
	// At least one zero byte ends the list of items, then up to the next word.
	const body = Buffer.alloc(Math.ceil((4 + 2 + text.length + 1) / 4) * 4);
	body.writeUInt32BE(ssrc >>> 0, 0);
	body[4] = cnameItem;
	body[5] = text.length;
	text.copy(body, 6);
	return rtcpPacket(packetType.description, 1, body);
}

function writeBlock(body: Buffer, at: number, block: ReportBlock): void {
	const lost = Math.min(0x7fffff, Math.max(-0x800000, block.packetsLost));
	body.writeUInt32BE(block.ssrc >>> 0, at);
	body.writeUInt8(Math.min(255, Math.max(0, Math.floor(block.fractionLost * 256))), at + 4);
	body.writeIntBE(lost, at + 5, 3);
	body.writeUInt32BE(block.highestSequence >>> 0, at + 8);
	body.writeUInt32BE(block.jitter >>> 0, at + 12);
	body.writeUInt32BE(block.lastSr >>> 0, at + 16);
	body.writeUInt32BE(block.delaySinceLastSr >>> 0, at + 20);
}
