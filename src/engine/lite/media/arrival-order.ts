/** How far back a number is remembered; whatever is older cannot be told from a duplicate. */
const windowBits = 128;

export type Arrival = "next" | "reordered" | "duplicate";

/**
 * Tells late packets from duplicates by the last 128 sequence numbers, without allocating. `RtpSequence`
 * counts what is lost; this says what is wrong with what came.
 */
export class ArrivalOrder {
	readonly #seen = new Uint32Array(windowBits / 32);
	/** Extended: never wraps. */
	#highest: number | undefined;
	#reordered = 0;
	#duplicates = 0;

	/** @param sequence 16 bits */
	receive(sequence: number): Arrival {
		if (this.#highest === undefined) {
			this.#highest = sequence;
			this.#mark(sequence);
			return "next";
		}
		// As signed 16 bits: right across the wrap.
		const step = ((sequence - this.#highest) << 16) >> 16;
		if (step > 0) {
			this.#forget(step);
			this.#highest += step;
			this.#mark(sequence);
			return "next";
		}
		if (step > -windowBits && !this.#isMarked(sequence)) {
			this.#mark(sequence);
			this.#reordered++;
			return "reordered";
		}
		this.#duplicates++;
		return "duplicate";
	}

	/** Numbers begin anew, with no relation to the old ones; the counts stay. */
	restart(): void {
		this.#highest = undefined;
		this.#seen.fill(0);
	}

	/** Arrived after a higher number, for the first time. */
	get reordered(): number {
		return this.#reordered;
	}

	get duplicates(): number {
		return this.#duplicates;
	}

	/** Highest number with its cycles above bit 16 (RFC 3550 A.1); 0 before the first packet. */
	get highestExtended(): number {
		return this.#highest ?? 0;
	}

	/** The places of the next `step` numbers were those of numbers that are too old now. */
	#forget(step: number): void {
		if (step >= windowBits) {
			this.#seen.fill(0);
			return;
		}
		const highest = this.#highest ?? 0;
		for (let number = highest + 1; number <= highest + step; number++) {
			const word = (number >> 5) & 3;
			this.#seen[word] = (this.#seen[word] ?? 0) & ~(1 << (number & 31));
		}
	}

	#mark(sequence: number): void {
		const word = (sequence >> 5) & 3;
		this.#seen[word] = (this.#seen[word] ?? 0) | (1 << (sequence & 31));
	}

	#isMarked(sequence: number): boolean {
		return ((this.#seen[(sequence >> 5) & 3] ?? 0) & (1 << (sequence & 31))) !== 0;
	}
}
