import { createHash, createHmac, randomBytes } from "node:crypto";
import { attribute, type StunAddress, xorAddress } from "./stun-attribute.js";
import { attributeTypes, magicCookie } from "./turn-message.js";

/** MESSAGE-INTEGRITY with its header; the length under its HMAC counts it (RFC 8489, section 14.5). */
const integrityBytes = 24;

/** Message types (RFC 8489, section 5; RFC 8656, section 17). */
const requestTypes = {
	binding: 0x0001,
	allocate: 0x0003,
	refresh: 0x0004,
	createPermission: 0x0008,
	channelBind: 0x0009,
} as const;

export type StunMethod = keyof typeof requestTypes;

const sendIndication = 0x0016;
/** UDP's protocol number: the relay's own leg is UDP, whatever the client's is (RFC 8656, section 18.7). */
const udpProtocol = 17;

/** The long-term credentials and the server's challenge to them (RFC 8489, section 9.2). */
export interface LongTermKey {
	readonly username: Buffer;
	readonly realm: Buffer;
	readonly nonce: Buffer;
	readonly password: string;
}

export interface RequestFields {
	/** Allocate asks for a UDP relay. */
	readonly relay?: boolean;
	/** 0 deletes an allocation. */
	readonly lifetimeSeconds?: number;
	/** 0x4000 to 0x4FFF. */
	readonly channel?: number;
	readonly peer?: StunAddress;
}

/** A STUN request with a fresh transaction id; signed where a key is given. */
export function stunRequest(method: StunMethod, fields: RequestFields, key?: LongTermKey): Buffer {
	const id = randomBytes(12);
	const body: Buffer[] = [];
	if (fields.relay)
		body.push(attribute(attributeTypes.requestedTransport, Buffer.from([udpProtocol, 0, 0, 0])));
	if (fields.lifetimeSeconds !== undefined)
		body.push(attribute(attributeTypes.lifetime, word(fields.lifetimeSeconds)));
	if (fields.channel !== undefined)
		body.push(attribute(attributeTypes.channelNumber, word(fields.channel * 0x1_0000)));
	if (fields.peer !== undefined)
		body.push(attribute(attributeTypes.xorPeerAddress, xorAddress(fields.peer, id)));
	const type = requestTypes[method];
	return key === undefined ? withHeader(type, id, body) : signed(type, id, body, key);
}

/** A Send indication: a payload for a peer without a channel (RFC 8656, section 11). */
export function stunSend(peer: StunAddress, payload: Buffer): Buffer {
	const id = randomBytes(12);
	return withHeader(sendIndication, id, [
		attribute(attributeTypes.xorPeerAddress, xorAddress(peer, id)),
		attribute(attributeTypes.data, payload),
	]);
}

/** ChannelData without padding, which a stream adds (RFC 8656, section 12.4). */
export function channelData(channel: number, payload: Buffer): Buffer {
	const header = Buffer.alloc(4);
	header.writeUInt16BE(channel, 0);
	header.writeUInt16BE(payload.length, 2);
	return Buffer.concat([header, payload]);
}

function signed(type: number, id: Buffer, body: readonly Buffer[], key: LongTermKey): Buffer {
	const { username, realm, nonce, password } = key;
	const full = [
		...body,
		attribute(attributeTypes.username, username),
		attribute(attributeTypes.realm, realm),
		attribute(attributeTypes.nonce, nonce),
	];
	const unsigned = withHeader(type, id, full, integrityBytes);
	const secret = createHash("md5")
		.update(username)
		.update(":")
		.update(realm)
		.update(`:${password}`)
		.digest();
	const signature = createHmac("sha1", secret).update(unsigned).digest();
	return Buffer.concat([unsigned, attribute(attributeTypes.messageIntegrity, signature)]);
}

/** @param stillToCome bytes behind the body that the length counts already */
function withHeader(type: number, id: Buffer, body: readonly Buffer[], stillToCome = 0): Buffer {
	const header = Buffer.alloc(8);
	header.writeUInt16BE(type, 0);
	header.writeUInt16BE(
		body.reduce((sum, { length }) => sum + length, stillToCome),
		2,
	);
	header.writeUInt32BE(magicCookie, 4);
	return Buffer.concat([header, id, ...body]);
}

function word(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value, 0);
	return bytes;
}
