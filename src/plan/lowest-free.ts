/**
 * Hands out the lowest number that is free, from 0 without end. A binary min-heap holds the numbers
 * that were given back; all numbers from `#next` on were never given out.
 */
export class LowestFree {
	readonly #returned: number[] = [];
	#next = 0;

	/** How many numbers were ever out at the same time. */
	get most(): number {
		return this.#next;
	}

	take(): number {
		const heap = this.#returned;
		const lowest = heap[0];
		if (lowest === undefined) return this.#next++;
		const last = heap.pop();
		if (last !== undefined && heap.length > 0) this.#sink(last);
		return lowest;
	}

	giveBack(number: number): void {
		const heap = this.#returned;
		let i = heap.length;
		heap.push(number);
		while (i > 0) {
			const parent = (i - 1) >> 1;
			const above = heap[parent] ?? 0;
			if (above <= number) break;
			heap[i] = above;
			i = parent;
		}
		heap[i] = number;
	}

	/** Puts a number at the top and lets it sink to its place. */
	#sink(number: number): void {
		const heap = this.#returned;
		let i = 0;
		for (;;) {
			const left = 2 * i + 1;
			const child = (heap[left + 1] ?? Infinity) < (heap[left] ?? Infinity) ? left + 1 : left;
			const below = heap[child];
			if (below === undefined || below >= number) break;
			heap[i] = below;
			i = child;
		}
		heap[i] = number;
	}
}
