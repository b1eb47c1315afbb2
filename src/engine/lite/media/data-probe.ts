/** "lsdp", version 1: others' data messages are not mistaken for ours. */
const magic = 0x6c736401;
const headerBytes = 24;

export const smallestProbeBytes = headerBytes;

export interface DataProbeOptions {
	/** Tells senders apart: a number of its own for each sender object in the room. 32 bits. */
	readonly sender: number;
	/** Messages a second, above 0. */
	readonly rateHz: number;
	/** Of each message, at least `smallestProbeBytes`. */
	readonly bytes: number;
	/** When message 0 is due (epoch ms). */
	readonly startMs: number;
}

/**
 * Numbered, time-stamped messages at a steady rate: message n is due at `startMs + n / rateHz`. After a stall
 * all that were missed leave at once: the rate asked for is kept.
 */
export class DataProbeSender {
	readonly #options: DataProbeOptions;
	#sent = 0;

	/** @throws RangeError for a rate or size that cannot be */
	constructor(options: DataProbeOptions) {
		const { rateHz, bytes } = options;
		if (!(rateHz > 0 && Number.isFinite(rateHz)))
			throw new RangeError(`data probe rate ${rateHz} Hz: expected above 0`);
		if (!(Number.isInteger(bytes) && bytes >= headerBytes))
			throw new RangeError(`data probe of ${bytes} bytes: expected at least ${headerBytes}`);
		this.#options = options;
	}

	/** The messages to send now, in order; their send time is `nowMs`. */
	due(nowMs: number): Buffer[] {
		const { startMs, rateHz } = this.#options;
		// At its own time a message is due, whatever rounding makes of it.
		const dueInAll = Math.floor(((nowMs - startMs) * rateHz) / 1000 + 1e-6) + 1;
		const messages: Buffer[] = [];
		for (; this.#sent < dueInAll; this.#sent++) messages.push(this.#message(this.#sent, nowMs));
		return messages;
	}

	get sent(): number {
		return this.#sent;
	}

	#message(number: number, nowMs: number): Buffer {
		const message = Buffer.alloc(this.#options.bytes);
		message.writeUInt32BE(magic, 0);
		message.writeUInt32BE(this.#options.sender >>> 0, 4);
		message.writeUInt32BE(number, 8);
		message.writeDoubleBE(nowMs, 16);
		return message;
	}
}

/** What came from one sender of probes. */
export interface DataProbeTotals {
	readonly sender: number;
	/** Without duplicates. */
	readonly received: number;
	readonly duplicates: number;
	/** Numbers missing between the first and the highest that came: a lost tail is not known here. */
	readonly lost: number;
	readonly bytes: number;
}

/** Receives the probes of all senders in a room. */
export class DataProbeReceiver {
	readonly #streams = new Map<number, ProbeStream>();

	/**
	 * @param nowMs epoch ms, on a clock shared with the sender
	 * @returns one-way latency in ms; undefined for a message that is no probe, or that came before
	 */
	receive(message: Buffer, nowMs: number): number | undefined {
		if (message.length < headerBytes || message.readUInt32BE(0) !== magic) return undefined;
		const sender = message.readUInt32BE(4);
		let stream = this.#streams.get(sender);
		if (!stream) {
			stream = new ProbeStream();
			this.#streams.set(sender, stream);
		}
		const isNew = stream.receive(message.readUInt32BE(8), message.length);
		return isNew ? nowMs - message.readDoubleBE(16) : undefined;
	}

	totals(): DataProbeTotals[] {
		return [...this.#streams].map(([sender, stream]) => stream.totals(sender));
	}
}

/** A message later than this many others is taken for a duplicate: it stays lost. */
const mostMissing = 4096;

class ProbeStream {
	/** Numbers that may still come late; the oldest are given up. */
	readonly #missing = new Set<number>();
	#lowest: number | undefined;
	#next = 0;
	#received = 0;
	#duplicates = 0;
	#bytes = 0;

	/** @returns false for one that came before */
	receive(number: number, bytes: number): boolean {
		if (this.#lowest === undefined) {
			this.#lowest = number;
			this.#next = number + 1;
		} else if (number >= this.#next) {
			this.#miss(this.#next, number);
			this.#next = number + 1;
		} else if (number < this.#lowest) {
			// Overtaken by the first one that came.
			this.#miss(number + 1, this.#lowest);
			this.#lowest = number;
		} else if (!this.#missing.delete(number)) {
			this.#duplicates++;
			return false;
		}
		this.#received++;
		this.#bytes += bytes;
		return true;
	}

	totals(sender: number): DataProbeTotals {
		return {
			sender,
			received: this.#received,
			duplicates: this.#duplicates,
			lost: this.#next - (this.#lowest ?? 0) - this.#received,
			bytes: this.#bytes,
		};
	}

	#miss(from: number, to: number): void {
		for (let number = Math.max(from, to - mostMissing); number < to; number++)
			this.#missing.add(number);
		for (const oldest of this.#missing) {
			if (this.#missing.size <= mostMissing) return;
			this.#missing.delete(oldest);
		}
	}
}
