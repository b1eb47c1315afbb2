import { errorOf } from "./stun-attribute.js";
import { stunRequest } from "./stun-request.js";
import {
	attributeOf,
	attributeTypes,
	isAllocateSuccess,
	isRequest,
	isStun,
	transactionId,
} from "./turn-message.js";

const staleNonce = 438;

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
		const request = stunRequest(
			"refresh",
			{ lifetimeSeconds: 0 },
			{
				username: this.#username,
				realm: this.#realm,
				nonce: this.#nonce,
				password: this.#password,
			},
		);
		this.#askedId = transactionId(request);
		return request;
	}

	/**
	 * @param message a whole message from the server
	 * @returns `done` at the answer to the last request, `again` when it only wants a fresh nonce (RFC 8489, 9.2.4)
	 */
	onAnswer(message: Buffer): "done" | "again" | undefined {
		if (!isStun(message) || !this.#askedId?.equals(transactionId(message))) return undefined;
		const isStale = errorOf(message, attributeTypes.errorCode)?.code === staleNonce;
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
