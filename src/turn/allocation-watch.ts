import {
	endsAllocation,
	isAllocateRequest,
	isAllocateSuccess,
	transactionId,
} from "./turn-message.js";

/** What the messages that pass tell of one client's allocation. */
export class AllocationWatch {
	#allocateId: Buffer | undefined;
	#allocated = false;
	#leaving = false;

	/** The client has given its allocation back (Refresh with lifetime 0). */
	get isLeaving(): boolean {
		return this.#leaving;
	}

	/** @param message a whole message from the client */
	onSent(message: Buffer): void {
		if (isAllocateRequest(message)) {
			this.#allocateId = Buffer.from(transactionId(message));
			this.#leaving = false;
		} else if (endsAllocation(message)) this.#leaving = true;
	}

	/** @param message a whole message from the server */
	onReceived(message: Buffer): void {
		if (isAllocateSuccess(message)) this.#allocated = true;
	}

	/**
	 * Whether a message can only come from another client that got the same UDP port after the first had gone:
	 * a new Allocate on this client's 5-tuple would be refused (437, RFC 8656, section 7.2).
	 */
	isForAnother(message: Buffer): boolean {
		if (!this.#allocated || !isAllocateRequest(message)) return false;
		return this.#allocateId === undefined || !transactionId(message).equals(this.#allocateId);
	}
}
