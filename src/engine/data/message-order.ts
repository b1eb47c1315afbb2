/** A message later than this many others is taken for a duplicate: it stays lost. */
const mostMissing = 4096;

/** What a message was to its stream. */
export interface Arrival {
	readonly isNew: boolean;
	/** It came after one with a higher number. */
	readonly isReordered: boolean;
	/** By how much it changes the number of lost messages: a gap adds to it, a late one takes back. */
	readonly lost: number;
}

/** Which numbers of one sender have come. A lost tail is not known here, for nothing comes after it. */
export class MessageOrder {
	/** Numbers that may still come late; the oldest are given up. */
	readonly #missing = new Set<number>();
	#lowest: number | undefined;
	#next = 0;

	receive(number: number): Arrival {
		if (this.#lowest === undefined) {
			this.#lowest = number;
			this.#next = number + 1;
			return { isNew: true, isReordered: false, lost: 0 };
		}
		if (number >= this.#next) {
			const lost = number - this.#next;
			this.#miss(this.#next, number);
			this.#next = number + 1;
			return { isNew: true, isReordered: false, lost };
		}
		if (number < this.#lowest) {
			// Overtaken by the first one that came.
			const lost = this.#lowest - number - 1;
			this.#miss(number + 1, this.#lowest);
			this.#lowest = number;
			return { isNew: true, isReordered: true, lost };
		}
		const isNew = this.#missing.delete(number);
		return { isNew, isReordered: isNew, lost: isNew ? -1 : 0 };
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
