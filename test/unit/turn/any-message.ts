import fc from "fast-check";

/** A STUN message with any body (whole words) and a fixed transaction id. */
export function stun(type: number, body: Buffer, transactionId = Buffer.alloc(12, 7)): Buffer {
	const header = Buffer.alloc(8);
	header.writeUInt16BE(type, 0);
	header.writeUInt16BE(body.length, 2);
	header.writeUInt32BE(0x2112a442, 4);
	return Buffer.concat([header, transactionId, body]);
}

/** As over UDP: without padding. */
export function channelData(channel: number, payload: Buffer): Buffer {
	const header = Buffer.alloc(4);
	header.writeUInt16BE(channel, 0);
	header.writeUInt16BE(payload.length, 2);
	return Buffer.concat([header, payload]);
}

export const anyStun = fc
	.tuple(fc.integer({ min: 0, max: 0x3fff }), fc.uint8Array({ maxLength: 100 }))
	.map(([type, body]) => stun(type, Buffer.from(body.subarray(0, body.length & ~3))));

const anyChannelData = fc
	.tuple(fc.integer({ min: 0x4000, max: 0x4fff }), fc.uint8Array({ maxLength: 100 }))
	.map(([channel, payload]) => channelData(channel, Buffer.from(payload)));

export const anyMessage = fc.oneof(anyStun, anyChannelData);
