import { isChannelData, isStun, magicCookie, stunHeaderBytes } from "./turn-message.js";

const channelHeaderBytes = 4;
/** What one UDP datagram over IPv4 can carry: 65,535 less the IP and UDP headers. */
export const mostDatagramBytes = 65_507;

/** What stands on the stream, or came in a datagram, is no TURN message. */
export class FramingError extends Error {
	override readonly name = "FramingError";
}

/**
 * @returns the datagram itself, which is exactly one whole STUN message or ChannelData; behind the latter there may
 *   be padding
 * @throws FramingError when it is not: on a stream it would shift all that follows
 */
export function wholeMessage(datagram: Buffer): Buffer {
	if (isStun(datagram)) {
		const length = stunLength(datagram);
		if (length !== datagram.length)
			throw new FramingError(`STUN message of ${length} bytes in ${datagram.length} bytes`);
		return datagram;
	}
	if (!isChannelData(datagram)) throw new FramingError(`first byte ${hex(datagram[0])}`);
	if (datagram.length < channelHeaderBytes)
		throw new FramingError(`ChannelData of ${datagram.length} bytes`);
	const length = channelHeaderBytes + datagram.readUInt16BE(2);
	// The sender may have padded already, and a few stray bytes after that harm nobody over UDP.
	if (datagram.length < length)
		throw new FramingError(`ChannelData of ${length} bytes in ${datagram.length} bytes`);
	return datagram;
}

/** @param onFault told what was found instead of one whole message */
export function isWhole(datagram: Buffer, onFault: (found: string) => void = () => {}): boolean {
	try {
		wholeMessage(datagram);
		return true;
	} catch (error) {
		if (!(error instanceof FramingError)) throw error;
		onFault(error.message);
		return false;
	}
}

/**
 * A TURN client's datagram as it must stand on a TCP or TLS stream. STUN messages go as they are: their length
 * field delimits them (RFC 8489, section 6.2.2). ChannelData is padded to a multiple of 4 bytes, which over UDP
 * it needs not be (RFC 8656, section 12.5); the length field does not count the padding.
 *
 * @returns the datagram itself where nothing has to be added
 * @throws FramingError as `wholeMessage`
 */
export function frame(datagram: Buffer): Buffer {
	if (isStun(wholeMessage(datagram))) return datagram;
	const length = channelHeaderBytes + datagram.readUInt16BE(2);
	const padded = paddedTo4(length);
	if (datagram.length === padded) return datagram;
	const framed = Buffer.alloc(padded);
	datagram.copy(framed, 0, 0, length);
	return framed;
}

/**
 * Cuts the stream from a TURN server into the datagrams that a TURN client over UDP would have got: STUN messages
 * as they are, ChannelData without its padding. A message that lies whole within a chunk is a view of it; only one
 * that spans chunks is copied, once. Holds at most one message.
 */
export class Deframer {
	#pending: Buffer = Buffer.alloc(0);
	#filled = 0;
	#greeted = false;

	/** Bytes of a message whose end has not come yet. */
	get unfinished(): number {
		return this.#filled;
	}

	/**
	 * @returns the messages that `chunk` completes, in order
	 * @throws FramingError at the first byte sequence that is no TURN message; the stream is lost from there on
	 */
	push(chunk: Buffer): Buffer[] {
		const messages: Buffer[] = [];
		let at = 0;
		while (at < chunk.length) {
			if (this.#filled > 0) {
				at += this.#fill(chunk, at);
				if (this.#filled < this.#needs(this.#pending, this.#filled)) continue;
				messages.push(this.#withoutPadding(this.#pending));
				this.#pending = Buffer.alloc(0);
				this.#filled = 0;
				continue;
			}
			const rest = at === 0 ? chunk : chunk.subarray(at);
			const needed = this.#needs(rest, rest.length);
			if (rest.length < needed) {
				this.#pending = Buffer.allocUnsafeSlow(needed);
				this.#filled = rest.copy(this.#pending);
				break;
			}
			messages.push(this.#withoutPadding(rest));
			at += needed;
		}
		return messages;
	}

	/** Takes what the pending message lacks, as far as that is known. @returns the bytes taken */
	#fill(chunk: Buffer, at: number): number {
		const needed = this.#needs(this.#pending, this.#filled);
		if (needed > this.#pending.length) {
			const wider = Buffer.allocUnsafeSlow(needed);
			this.#pending.copy(wider, 0, 0, this.#filled);
			this.#pending = wider;
		}
		const taken = Math.min(needed - this.#filled, chunk.length - at);
		chunk.copy(this.#pending, this.#filled, at, at + taken);
		this.#filled += taken;
		return taken;
	}

	/**
	 * How many bytes, with padding, the first message of `bytes` takes on the stream; or, while its header is not
	 * all there, how many are needed to know more. More than `available` in that case, so that one comparison
	 * tells whether the message is complete.
	 */
	#needs(bytes: Buffer, available: number): number {
		const stun = isStun(bytes);
		// No channel can be bound before an Allocate response: text of another protocol is known at once.
		if (!stun && !(isChannelData(bytes) && this.#greeted))
			throw new FramingError(`a message that begins with ${hex(bytes[0])}`);
		if (available < channelHeaderBytes) return channelHeaderBytes;
		if (!stun) return within(paddedTo4(channelHeaderBytes + bytes.readUInt16BE(2)));
		if (available < 8) return 8;
		this.#greeted = true;
		return within(stunLength(bytes));
	}

	#withoutPadding(bytes: Buffer): Buffer {
		const length = isStun(bytes) ? stunLength(bytes) : channelHeaderBytes + bytes.readUInt16BE(2);
		return bytes.length === length ? bytes : bytes.subarray(0, length);
	}
}

/** With the header; `bytes` holds at least 8 bytes, or this throws. */
function stunLength(bytes: Buffer): number {
	if (bytes.length < 8) throw new FramingError(`STUN message of ${bytes.length} bytes`);
	if (bytes.readUInt32BE(4) !== magicCookie)
		throw new FramingError("a STUN header without the magic cookie");
	const length = bytes.readUInt16BE(2);
	if (length % 4 !== 0) throw new FramingError(`a STUN length of ${length}, no multiple of 4`);
	return stunHeaderBytes + length;
}

function within(length: number): number {
	if (length > paddedTo4(mostDatagramBytes))
		throw new FramingError(`a message of ${length} bytes, more than a datagram holds`);
	return length;
}

function paddedTo4(length: number): number {
	return Math.ceil(length / 4) * 4;
}

function hex(byte: number | undefined): string {
	return byte === undefined ? "nothing" : `0x${byte.toString(16).padStart(2, "0")}`;
}
