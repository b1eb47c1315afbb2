/**
 * One reused Buffer of each length. A send that copies at once (node-datachannel's does) needs no fresh memory
 * for a packet, nor a view of the right length.
 */
export class PacketBuffers {
	readonly #byLength: (Buffer | undefined)[] = [];

	/** A Buffer of exactly this length; valid until the next call with the same length. */
	ofLength(bytes: number): Buffer {
		const known = this.#byLength[bytes];
		if (known) return known;
		const fresh = Buffer.alloc(bytes);
		this.#byLength[bytes] = fresh;
		return fresh;
	}
}
