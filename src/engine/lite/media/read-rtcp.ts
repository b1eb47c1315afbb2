import type { ReportBlock, SenderReport } from "./rtcp.js";

const headerBytes = 4;
const senderInfoBytes = 20;
const blockBytes = 24;

/** What is of interest in a compound RTCP packet; the rest (SDES, feedback, XR …) is passed over. */
export interface RtcpListener {
	onSenderReport?(report: SenderReport): void;
	onReportBlock?(block: ReportBlock): void;
	onBye?(ssrc: number): void;
}

/**
 * Reads a compound packet (RFC 3550 6.1) or a single one (reduced size, RFC 5506).
 * @returns false if it is malformed: what stood before the fault has been told, nothing after it
 */
export function readRtcp(packet: Buffer, listener: RtcpListener): boolean {
	let at = 0;
	while (at < packet.length) {
		if (packet.length - at < headerBytes) return false;
		const first = packet.readUInt8(at);
		const end = at + headerBytes + packet.readUInt16BE(at + 2) * 4;
		if (first >> 6 !== 2 || end > packet.length) return false;
		const body = packet.subarray(at + headerBytes, end);
		if (!readOne(packet.readUInt8(at + 1), first & 0x1f, body, listener)) return false;
		at = end;
	}
	return packet.length > 0;
}

function readOne(type: number, count: number, body: Buffer, listener: RtcpListener): boolean {
	switch (type) {
		case 200: {
			if (body.length < 4 + senderInfoBytes + count * blockBytes) return false;
			listener.onSenderReport?.(readSenderReport(body));
			readBlocks(body, 4 + senderInfoBytes, count, listener);
			return true;
		}
		case 201: {
			if (body.length < 4 + count * blockBytes) return false;
			readBlocks(body, 4, count, listener);
			return true;
		}
		case 203: {
			if (body.length < count * 4) return false;
			for (let n = 0; n < count; n++) listener.onBye?.(body.readUInt32BE(n * 4));
			return true;
		}
		default:
			return true;
	}
}

function readSenderReport(body: Buffer): SenderReport {
	return {
		ssrc: body.readUInt32BE(0),
		ntpSeconds: body.readUInt32BE(4),
		ntpFraction: body.readUInt32BE(8),
		rtpTimestamp: body.readUInt32BE(12),
		packets: body.readUInt32BE(16),
		payloadBytes: body.readUInt32BE(20),
	};
}

function readBlocks(body: Buffer, from: number, count: number, listener: RtcpListener): void {
	for (let at = from; at < from + count * blockBytes; at += blockBytes) {
		listener.onReportBlock?.({
			ssrc: body.readUInt32BE(at),
			fractionLost: body.readUInt8(at + 4) / 256,
			packetsLost: body.readIntBE(at + 5, 3),
			highestSequence: body.readUInt32BE(at + 8),
			jitter: body.readUInt32BE(at + 12),
			lastSr: body.readUInt32BE(at + 16),
			delaySinceLastSr: body.readUInt32BE(at + 20),
		});
	}
}
