/** The second word of every STUN message (RFC 8489, section 5). */
export const magicCookie = 0x2112a442;
export const stunHeaderBytes = 20;

/** Message types: method and class (RFC 8489, section 5; RFC 8656, section 17). */
const allocateRequest = 0x0003;
const allocateSuccess = 0x0103;
const refreshRequest = 0x0004;
const classBits = 0x0110;

/** RFC 8489, section 18.3, and RFC 8656, section 18. */
export const attributeTypes = {
	mappedAddress: 0x0001,
	username: 0x0006,
	messageIntegrity: 0x0008,
	errorCode: 0x0009,
	channelNumber: 0x000c,
	lifetime: 0x000d,
	xorPeerAddress: 0x0012,
	data: 0x0013,
	realm: 0x0014,
	nonce: 0x0015,
	xorRelayedAddress: 0x0016,
	requestedTransport: 0x0019,
	passwordAlgorithm: 0x001d,
	xorMappedAddress: 0x0020,
	software: 0x8022,
	alternateServer: 0x8023,
} as const;

/** By the first two bits, which are 0. */
export function isStun(bytes: Buffer): boolean {
	const first = bytes[0];
	return first !== undefined && first < 0x40;
}

/** By its channel number, 0x4000 to 0x4FFF (RFC 8656, section 12). */
export function isChannelData(bytes: Buffer): boolean {
	const first = bytes[0];
	return first !== undefined && first >= 0x40 && first < 0x50;
}

/** A STUN request of any method: the one kind of message that a client without an allocation can send. */
export function isRequest(message: Buffer): boolean {
	return isStun(message) && (message.readUInt16BE(0) & classBits) === 0;
}

export function isAllocateRequest(message: Buffer): boolean {
	return message.readUInt16BE(0) === allocateRequest;
}

export function isAllocateSuccess(message: Buffer): boolean {
	return message.readUInt16BE(0) === allocateSuccess;
}

/** The 12 bytes that a request and its answer, and every retransmission of it, share. */
export function transactionId(message: Buffer): Buffer {
	return message.subarray(8, stunHeaderBytes);
}

/** The value of the first attribute of a type; undefined where there is none, or none whole. */
export function attributeOf(message: Buffer, type: number): Buffer | undefined {
	for (let at = stunHeaderBytes; at + 4 <= message.length; ) {
		const length = message.readUInt16BE(at + 2);
		const end = at + 4 + length;
		if (message.readUInt16BE(at) === type)
			return end <= message.length ? message.subarray(at + 4, end) : undefined;
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return undefined;
}

/**
 * Whether it is a Refresh request with a lifetime of 0, which deletes the allocation (RFC 8656, section 8).
 * @param message a whole STUN message or ChannelData
 */
export function endsAllocation(message: Buffer): boolean {
	if (message.readUInt16BE(0) !== refreshRequest) return false;
	const lifetime = attributeOf(message, attributeTypes.lifetime);
	return lifetime?.length === 4 && lifetime.readUInt32BE(0) === 0;
}
