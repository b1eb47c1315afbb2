import { createHash, createHmac, randomBytes } from "node:crypto";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";

const magicCookie = 0x2112a442;
const headerBytes = 20;
const integrityBytes = 24;

/** Message types (RFC 8656, section 17). */
export const messageTypes = {
	allocate: 0x0003,
	allocated: 0x0103,
	refresh: 0x0004,
	send: 0x0016,
	data: 0x0017,
	createPermission: 0x0008,
	channelBind: 0x0009,
} as const;

/** RFC 8489, section 18.3, and RFC 8656, section 18. */
export const attributes = {
	username: 0x0006,
	messageIntegrity: 0x0008,
	errorCode: 0x0009,
	channelNumber: 0x000c,
	lifetime: 0x000d,
	peerAddress: 0x0012,
	data: 0x0013,
	realm: 0x0014,
	nonce: 0x0015,
	relayedAddress: 0x0016,
	requestedTransport: 0x0019,
} as const;

export interface Message {
	readonly type: number;
	readonly transactionId: Buffer;
	readonly attributes: ReadonlyMap<number, Buffer>;
}

export interface Authentication extends TurnCredentials {
	readonly realm: Buffer;
	readonly nonce: Buffer;
}

/** A STUN message with a fresh transaction id, signed with the long-term credentials where some are given. */
export function stunMessage(
	type: number,
	body: readonly Buffer[],
	authentication?: Authentication,
): Buffer {
	if (authentication === undefined) return withHeader(type, Buffer.concat(body), 0);
	const { username, password, realm, nonce } = authentication;
	const unsigned = withHeader(
		type,
		Buffer.concat([
			...body,
			attribute(attributes.username, Buffer.from(username)),
			attribute(attributes.realm, realm),
			attribute(attributes.nonce, nonce),
		]),
		// The length under the HMAC counts MESSAGE-INTEGRITY itself (RFC 8489, section 14.5).
		integrityBytes,
	);
	const key = createHash("md5").update(`${username}:${realm}:${password}`).digest();
	const signature = createHmac("sha1", key).update(unsigned).digest();
	return Buffer.concat([unsigned, attribute(attributes.messageIntegrity, signature)]);
}

export function attribute(type: number, value: Buffer): Buffer {
	const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	padded.writeUInt16BE(type, 0);
	padded.writeUInt16BE(value.length, 2);
	value.copy(padded, 4);
	return padded;
}

/** REQUESTED-TRANSPORT: the relay's own leg is UDP, whatever the client's is. */
export const relayOverUdp = attribute(attributes.requestedTransport, Buffer.from([17, 0, 0, 0]));

/** XOR-PEER-ADDRESS of an IPv4 peer (RFC 8489, section 14.2). */
export function peerAddress(address: string, port: number): Buffer {
	const value = Buffer.from([0, 1, 0, 0, ...address.split(".").map(Number)]);
	value.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
	value.writeUInt32BE((value.readUInt32BE(4) ^ magicCookie) >>> 0, 4);
	return attribute(attributes.peerAddress, value);
}

/** The port in an XOR-…-ADDRESS attribute. */
export function portOf(address: Buffer): number {
	return address.readUInt16BE(2) ^ (magicCookie >>> 16);
}

/** @param bytes begins with one whole message */
export function parseMessage(bytes: Buffer): Message {
	const found = new Map<number, Buffer>();
	const end = headerBytes + bytes.readUInt16BE(2);
	for (let at = headerBytes; at + 4 <= end; ) {
		const length = bytes.readUInt16BE(at + 2);
		found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return {
		type: bytes.readUInt16BE(0),
		transactionId: bytes.subarray(8, headerBytes),
		attributes: found,
	};
}

/** The number in ERROR-CODE, if there is one. */
export function errorCodeOf(message: Message): number | undefined {
	const code = message.attributes.get(attributes.errorCode);
	return code === undefined ? undefined : (code[2] ?? 0) * 100 + (code[3] ?? 0);
}

function withHeader(type: number, body: Buffer, stillToCome: number): Buffer {
	const header = Buffer.alloc(headerBytes);
	header.writeUInt16BE(type, 0);
	header.writeUInt16BE(body.length + stillToCome, 2);
	header.writeUInt32BE(magicCookie, 4);
	randomBytes(12).copy(header, 8);
	return Buffer.concat([header, body]);
}
