/** "lsdp", version 2: others' data messages are not mistaken for ours. */
const magic = 0x6c736402;

/** Of the numbers and times at the start of each message; the rest of it is filler. */
export const messageHeaderBytes = 24;

/** What a message says of itself. */
export interface DataMessage {
	/** Tells senders apart: drawn by each sender for itself. 32 bits. */
	readonly sender: number;
	/** Counts the sender's messages from 0. 32 bits. */
	readonly number: number;
	/** The sender's pause between two messages, in whole milliseconds, at most 32 bits. */
	readonly periodMs: number;
	/** Epoch ms. */
	readonly sentAtMs: number;
}

/** @param bytes size of the whole message, at least `messageHeaderBytes` */
export function writeDataMessage(message: DataMessage, bytes: number): Buffer {
	const written = Buffer.alloc(bytes);
	written.writeUInt32BE(magic, 0);
	written.writeUInt32BE(message.sender >>> 0, 4);
	written.writeUInt32BE(message.number >>> 0, 8);
	written.writeUInt32BE(Math.min(0xffff_ffff, Math.ceil(message.periodMs)), 12);
	written.writeDoubleBE(message.sentAtMs, 16);
	return written;
}

/** @returns undefined for what is no message of ours */
export function readDataMessage(payload: Uint8Array): DataMessage | undefined {
	const { buffer, byteOffset, byteLength } = payload;
	if (byteLength < messageHeaderBytes) return undefined;
	const view = new DataView(buffer, byteOffset, byteLength);
	if (view.getUint32(0) !== magic) return undefined;
	return {
		sender: view.getUint32(4),
		number: view.getUint32(8),
		periodMs: view.getUint32(12),
		sentAtMs: view.getFloat64(16),
	};
}
