const sequenceModulus = 1 << 16;
/** RFC 3550 A.1: a larger step forward is a restart of the source, not a loss. */
const maxDropout = 3000;
/** RFC 3550 A.1: packets up to this late are still counted. */
const maxMisorder = 100;

/**
 * Received and lost packets of one RTP stream, by RFC 3550 A.1 and A.3.
 *
 * Lost is expected minus received: late and reordered packets are not lost, duplicates count as
 * received, so the figure is signed. There is no probation (A.1 MIN_SEQUENTIAL): the SSRC is known from
 * signalling. A packet that was overtaken by the very first one is expected too, where the RFC would have
 * it make up for a loss. After a jump of `maxDropout` or more a second packet in sequence starts a new
 * stretch, and what went before is kept, so the totals never go back.
 */
export class RtpSequence {
	#base: number | undefined;
	#highest = 0;
	#cycles = 0;
	#received = 0;
	/** Next number after a suspicious jump. */
	#suspect: number | undefined;
	#expectedBefore = 0;
	#receivedBefore = 0;

	/**
	 * @param sequence the packet's 16-bit sequence number
	 * @returns `restarted` when a new stretch began; `ignored` for the first packet after a jump, which
	 *   counts for nothing until the next one confirms it
	 */
	receive(sequence: number): "counted" | "restarted" | "ignored" {
		if (this.#base === undefined) return this.#begin(sequence, "counted");
		const step = (sequence - this.#highest) & 0xffff;
		if (step < maxDropout) {
			if (sequence < this.#highest) this.#cycles += sequenceModulus;
			this.#highest = sequence;
		} else if (step <= sequenceModulus - maxMisorder) {
			if (sequence === this.#suspect) return this.#begin(sequence, "restarted");
			this.#suspect = (sequence + 1) & 0xffff;
			return "ignored";
		} else {
			// Overtaken by the one that came first: the stream began before it.
			const extended = this.#cycles + this.#highest + step - sequenceModulus;
			this.#base = Math.min(this.#base, extended);
		}
		this.#received++;
		return "counted";
	}

	get packetsReceived(): number {
		return this.#receivedBefore + this.#received;
	}

	/** Highest extended sequence number minus the lowest, plus one; 0 before the first packet. */
	get packetsExpected(): number {
		if (this.#base === undefined) return 0;
		return this.#expectedBefore + this.#cycles + this.#highest - this.#base + 1;
	}

	/** Signed. */
	get packetsLost(): number {
		return this.packetsExpected - this.packetsReceived;
	}

	#begin<R>(sequence: number, result: R): R {
		this.#expectedBefore = this.packetsExpected;
		this.#receivedBefore = this.packetsReceived;
		this.#base = sequence;
		this.#highest = sequence;
		this.#cycles = 0;
		this.#received = 1;
		this.#suspect = undefined;
		return result;
	}
}
