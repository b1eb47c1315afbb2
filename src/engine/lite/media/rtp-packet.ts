/** RFC 3550 5.1, without CSRC. */
const fixedBytes = 12;
/** RFC 8285 4.1.2, the one-byte form. */
const oneByteProfile = 0xbede;
const extensionBytes = 8;

/** What `writeRtpHeader` writes; one object may be reused for every packet. */
export interface RtpHeader {
	marker: boolean;
	payloadType: number;
	sequence: number;
	timestamp: number;
	ssrc: number;
	/**
	 * Id that the SDP gave to `urn:ietf:params:rtp-hdrext:ssrc-audio-level` (RFC 6464), 1 to 14; 0 leaves the
	 * extension out. Without it the server never sees an active speaker.
	 */
	audioLevelId: number;
	/** 0 (loudest) to 127 (silence). */
	audioLevel: number;
}

/** Levels up to here count as voice in RFC 6464's V bit: the pause floor of the material. */
const quietestVoice = 50;

/** How long a header `writeRtpHeader` will write. */
export function rtpHeaderBytes(header: Pick<RtpHeader, "audioLevelId">): number {
	return header.audioLevelId === 0 ? fixedBytes : fixedBytes + extensionBytes;
}

/**
 * Writes an RTP header (RFC 3550 5.1) at the beginning of `into`. Sequence and timestamp are taken modulo 2^16
 * and 2^32.
 * @returns the length of the header: where the payload begins
 */
export function writeRtpHeader(into: Buffer, header: RtpHeader): number {
	const { audioLevelId, audioLevel } = header;
	into[0] = audioLevelId === 0 ? 0x80 : 0x90;
	into[1] = (header.marker ? 0x80 : 0) | header.payloadType;
	into.writeUInt16BE(header.sequence & 0xffff, 2);
	into.writeUInt32BE(header.timestamp >>> 0, 4);
	into.writeUInt32BE(header.ssrc >>> 0, 8);
	if (audioLevelId === 0) return fixedBytes;
	into.writeUInt16BE(oneByteProfile, 12);
	into.writeUInt16BE(1, 14);
	// One byte of data is told as length 0; two bytes of padding fill the word.
	into[16] = audioLevelId << 4;
	into[17] = (audioLevel <= quietestVoice ? 0x80 : 0) | audioLevel;
	into[18] = 0;
	into[19] = 0;
	return fixedBytes + extensionBytes;
}

/**
 * Reads RTP headers without allocating: one reader serves every packet, its fields are those of the last one
 * read.
 */
export class RtpReader {
	marker = false;
	payloadType = 0;
	sequence = 0;
	timestamp = 0;
	ssrc = 0;
	/** Where the payload begins. */
	payloadOffset = 0;
	/** Without padding. */
	payloadBytes = 0;

	/**
	 * An SRTP packet, whose header alone is in the clear (RFC 3711, 3.1): `payloadBytes` has its padding and
	 * authentication tag in it.
	 * @returns as `read`
	 */
	readEncrypted(packet: Buffer): boolean {
		return this.#read(packet, false);
	}

	/** @returns false if this is no whole RTP packet (RFC 3550 A.1); the fields are then not to be used */
	read(packet: Buffer): boolean {
		return this.#read(packet, true);
	}

	#read(packet: Buffer, isPlain: boolean): boolean {
		const size = packet.length;
		if (size < fixedBytes) return false;
		const first = packet.readUInt16BE(0);
		if (first >> 14 !== 2) return false;
		let offset = fixedBytes + ((first >> 8) & 0x0f) * 4;
		if ((first & 0x1000) !== 0) {
			if (size < offset + 4) return false;
			offset += 4 + packet.readUInt16BE(offset + 2) * 4;
		}
		let end = size;
		if (isPlain && (first & 0x2000) !== 0) {
			const padding = packet.readUInt8(size - 1);
			if (padding === 0) return false;
			end -= padding;
		}
		if (offset > end) return false;
		this.marker = (first & 0x80) !== 0;
		this.payloadType = first & 0x7f;
		this.sequence = packet.readUInt16BE(2);
		this.timestamp = packet.readUInt32BE(4);
		this.ssrc = packet.readUInt32BE(8);
		this.payloadOffset = offset;
		this.payloadBytes = end - offset;
		return true;
	}
}
