import { createHash, createHmac, randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";

const magicCookie = 0x2112a442;
const allocateRequest = 0x0003;
const allocateSuccess = 0x0103;

const attributes = {
	username: 0x0006,
	messageIntegrity: 0x0008,
	errorCode: 0x0009,
	realm: 0x0014,
	nonce: 0x0015,
	requestedTransport: 0x0019,
} as const;

interface Message {
	readonly type: number;
	readonly attributes: ReadonlyMap<number, Buffer>;
}

/**
 * One TURN allocation over TCP on 127.0.0.1, as a client does it (RFC 8656, section 7): a request without
 * credentials, the server's realm and nonce, the request again with them. The allocation ends with the connection.
 *
 * @returns "allocated", "error CODE" of the second answer, or "closed" if the connection ended first
 */
export function allocate(port: number, credentials: TurnCredentials): Promise<string> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		let received = Buffer.alloc(0);
		let asked = 0;
		const done = (outcome: string) => {
			resolve(outcome);
			socket.destroy();
		};
		const ask = (realm?: Buffer, nonce?: Buffer) => {
			asked++;
			const authentication =
				realm === undefined || nonce === undefined ? undefined : { ...credentials, realm, nonce };
			socket.write(request(authentication));
		};
		socket.setTimeout(15_000, () => done("no answer"));
		socket.on("error", () => done("closed"));
		socket.once("close", () => done("closed"));
		socket.once("connect", () => ask());
		socket.on("data", (chunk) => {
			received = Buffer.concat([received, chunk]);
			if (received.length < 20 || received.length < 20 + received.readUInt16BE(2)) return;
			const message = parse(received);
			received = Buffer.alloc(0);
			if (message.type === allocateSuccess) return done("allocated");
			const realm = message.attributes.get(attributes.realm);
			const nonce = message.attributes.get(attributes.nonce);
			if (asked === 1 && realm && nonce) return ask(realm, nonce);
			const code = message.attributes.get(attributes.errorCode);
			done(code === undefined ? "no error code" : `error ${(code[2] ?? 0) * 100 + (code[3] ?? 0)}`);
		});
	});
}

interface Authentication extends TurnCredentials {
	readonly realm: Buffer;
	readonly nonce: Buffer;
}

function request(authentication?: Authentication): Buffer {
	const overUdp = attribute(attributes.requestedTransport, Buffer.from([17, 0, 0, 0]));
	if (authentication === undefined) return withHeader(overUdp, 0);
	const { username, password, realm, nonce } = authentication;
	const unsigned = withHeader(
		Buffer.concat([
			overUdp,
			attribute(attributes.username, Buffer.from(username)),
			attribute(attributes.realm, realm),
			attribute(attributes.nonce, nonce),
		]),
		// The length under the HMAC counts MESSAGE-INTEGRITY itself (RFC 8489, section 14.5).
		24,
	);
	const key = createHash("md5").update(`${username}:${realm}:${password}`).digest();
	const signature = createHmac("sha1", key).update(unsigned).digest();
	return Buffer.concat([unsigned, attribute(attributes.messageIntegrity, signature)]);
}

function withHeader(body: Buffer, stillToCome: number): Buffer {
	const header = Buffer.alloc(20);
	header.writeUInt16BE(allocateRequest, 0);
	header.writeUInt16BE(body.length + stillToCome, 2);
	header.writeUInt32BE(magicCookie, 4);
	randomBytes(12).copy(header, 8);
	return Buffer.concat([header, body]);
}

function attribute(type: number, value: Buffer): Buffer {
	const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	padded.writeUInt16BE(type, 0);
	padded.writeUInt16BE(value.length, 2);
	value.copy(padded, 4);
	return padded;
}

function parse(bytes: Buffer): Message {
	const found = new Map<number, Buffer>();
	const end = 20 + bytes.readUInt16BE(2);
	for (let at = 20; at + 4 <= end; ) {
		const length = bytes.readUInt16BE(at + 2);
		found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return { type: bytes.readUInt16BE(0), attributes: found };
}
