import { createHash, createHmac, randomBytes } from "node:crypto";
import {
	attributeOf,
	attributeTypes,
	isAllocateSuccess,
	isRequest,
	isStun,
	magicCookie,
	refreshRequest,
	transactionId,
} from "./turn-message.js";

const staleNonce = 438;
/** MESSAGE-INTEGRITY with its header; the length under its HMAC counts it (RFC 8489, section 14.5). */
const integrityBytes = 24;

/**
 * Gives a client's allocation back in its name. Over TCP and TLS closing the connection does it; over UDP an
 * allocation of a client that went without a word, as libjuice goes, would stay on the server for ten minutes.
 */
export class AllocationRelease {
	readonly #passwordOf: (username: string) => string | undefined;
	#username: Buffer | undefined;
	#realm: Buffer | undefined;
	#nonce: Buffer | undefined;
	#password: string | undefined;
	#allocated = false;
	#askedId: Buffer | undefined;

	/** @param passwordOf asked when a client names itself; undefined: its allocation cannot be given back */
	constructor(passwordOf: (username: string) => string | undefined) {
		this.#passwordOf = passwordOf;
	}

	/** @param message a whole message from the client */
	onSent(message: Buffer): void {
		if (!isRequest(message)) return;
		const username = attributeOf(message, attributeTypes.username);
		if (username === undefined) return;
		if (this.#username === undefined || !username.equals(this.#username)) {
			this.#password = this.#passwordOf(username.toString());
		}
		// Another algorithm than the long-term credentials' own MD5 is not spoken here.
		if (attributeOf(message, attributeTypes.passwordAlgorithm)) this.#password = undefined;
		this.#username = Buffer.from(username);
		this.#realm = copyOf(message, attributeTypes.realm);
		this.#nonce = copyOf(message, attributeTypes.nonce);
	}

	/** @param message a whole message from the server */
	onReceived(message: Buffer): void {
		if (isAllocateSuccess(message)) this.#allocated = true;
	}

	/** A signed Refresh with a lifetime of 0; undefined where there is nothing to give back, or no way to sign. */
	request(): Buffer | undefined {
		if (!this.#allocated || this.#password === undefined) return undefined;
		if (!this.#username || !this.#realm || !this.#nonce) return undefined;
		const id = randomBytes(12);
		this.#askedId = id;
		const body = Buffer.concat([
			attribute(attributeTypes.lifetime, Buffer.alloc(4)),
			attribute(attributeTypes.username, this.#username),
			attribute(attributeTypes.realm, this.#realm),
			attribute(attributeTypes.nonce, this.#nonce),
		]);
		const header = Buffer.alloc(8);
		header.writeUInt16BE(refreshRequest, 0);
		header.writeUInt16BE(body.length + integrityBytes, 2);
		header.writeUInt32BE(magicCookie, 4);
		const unsigned = Buffer.concat([header, id, body]);
		const key = createHash("md5")
			.update(this.#username)
			.update(":")
			.update(this.#realm)
			.update(`:${this.#password}`)
			.digest();
		const signature = createHmac("sha1", key).update(unsigned).digest();
		return Buffer.concat([unsigned, attribute(attributeTypes.messageIntegrity, signature)]);
	}

	/**
	 * @param message a whole message from the server
	 * @returns `done` at the answer to the last request, `again` when it only wants a fresh nonce (RFC 8489, 9.2.4)
	 */
	onAnswer(message: Buffer): "done" | "again" | undefined {
		if (!isStun(message) || !this.#askedId?.equals(transactionId(message))) return undefined;
		const code = attributeOf(message, attributeTypes.errorCode);
		const isStale =
			code !== undefined &&
			code.length >= 4 &&
			code.readUInt8(2) * 100 + code.readUInt8(3) === staleNonce;
		const nonce = copyOf(message, attributeTypes.nonce);
		if (!isStale || nonce === undefined || nonce.equals(this.#nonce ?? nonce)) return "done";
		this.#nonce = nonce;
		return "again";
	}
}

/** A copy: the datagram's memory is not ours to keep. */
function copyOf(message: Buffer, type: number): Buffer | undefined {
	const value = attributeOf(message, type);
	return value === undefined ? undefined : Buffer.from(value);
}

function attribute(type: number, value: Buffer): Buffer {
	const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	padded.writeUInt16BE(type, 0);
	padded.writeUInt16BE(value.length, 2);
	value.copy(padded, 4);
	return padded;
}
