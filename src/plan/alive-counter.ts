import type { Window } from "./load-line.js";

interface Cursor {
	readonly lives: Iterator<Window>;
	current: Window | undefined;
}

/**
 * Counts the lives in progress at an instant by walking along each seat's lives. Cheap for instants in
 * rising order, as a run asks for them; an earlier instant starts the walk again.
 */
export class AliveCounter {
	readonly #start: () => Iterator<Window>[];
	#cursors: Cursor[] = [];
	#atMs = Number.POSITIVE_INFINITY;

	constructor(start: () => Iterator<Window>[]) {
		this.#start = start;
	}

	/** Lives with `startMs <= atMs < endMs`. */
	countAt(atMs: number): number {
		if (atMs < this.#atMs) this.#cursors = this.#start().map(cursor);
		this.#atMs = atMs;
		let count = 0;
		for (const one of this.#cursors) {
			while (one.current !== undefined && one.current.endMs <= atMs) advance(one);
			if (one.current !== undefined && one.current.startMs <= atMs) count++;
		}
		return count;
	}
}

function cursor(lives: Iterator<Window>): Cursor {
	const one: Cursor = { lives, current: undefined };
	advance(one);
	return one;
}

function advance(one: Cursor): void {
	const next = one.lives.next();
	one.current = next.done === true ? undefined : next.value;
}
