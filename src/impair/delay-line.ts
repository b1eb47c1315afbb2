interface Waiting<T> {
	readonly dueMs: number;
	readonly item: T;
}

/**
 * Things that wait for their time, at most `capacity` of them. Kept sorted: what comes is mostly due last or
 * nearly so. Items before `#head` are gone already, so that taking the first ones moves nothing.
 */
export class DelayLine<T> {
	readonly #capacity: number;
	#waiting: Waiting<T>[] = [];
	#head = 0;

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	/** @returns false if the line is full: then the item is not taken */
	add(dueMs: number, item: T): boolean {
		if (this.size >= this.#capacity) return false;
		this.#waiting.splice(this.#placeOf(dueMs), 0, { dueMs, item });
		return true;
	}

	/** The next one that is due at `nowMs`; those of one time in the order in which they came. */
	take(nowMs: number): Waiting<T> | undefined {
		const first = this.#waiting[this.#head];
		if (first === undefined || first.dueMs > nowMs) return undefined;
		this.#head++;
		// Half of the array is gone: each item is moved once at most, on the average.
		if (this.#head * 2 >= this.#waiting.length) {
			this.#waiting = this.#waiting.slice(this.#head);
			this.#head = 0;
		}
		return first;
	}

	/** When the next one is due; undefined when nothing waits. */
	get nextDueMs(): number | undefined {
		return this.#waiting[this.#head]?.dueMs;
	}

	get size(): number {
		return this.#waiting.length - this.#head;
	}

	/** Behind all that are due at the same time or before. */
	#placeOf(dueMs: number): number {
		let low = this.#head;
		let high = this.#waiting.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#waiting[middle]?.dueMs ?? dueMs) <= dueMs) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
