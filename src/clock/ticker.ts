import type { Clock } from "./clock.js";

/** No more than this many missed ticks are recorded one by one after a stall. */
const mostMissedTicks = 1000;

/**
 * One clock for all that a worker must do at a steady rate. Tick n is due at start + n × interval, so it
 * never drifts. How late each tick ran is the scheduler lag; ticks missed in a stall count with the delay each
 * one would have had (no coordinated omission).
 */
export class Ticker {
	readonly #clock: Clock;
	readonly #intervalMs: number;
	readonly #onLag: (lagMs: number) => void;
	readonly #tasks = new Set<(nowMs: number) => void>();
	#timer: NodeJS.Timeout | undefined;
	#nextDueMs = 0;

	constructor(clock: Clock, intervalMs: number, onLag: (lagMs: number) => void) {
		this.#clock = clock;
		this.#intervalMs = intervalMs;
		this.#onLag = onLag;
	}

	/** Calls `task` every tick until the returned function is called. */
	add(task: (nowMs: number) => void): () => void {
		this.#tasks.add(task);
		return () => this.#tasks.delete(task);
	}

	start(): void {
		this.#nextDueMs = this.#clock.nowMs() + this.#intervalMs;
		this.#schedule();
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	#schedule(): void {
		const delayMs = Math.max(0, this.#nextDueMs - this.#clock.nowMs());
		this.#timer = setTimeout(() => this.#tick(), delayMs);
	}

	#tick(): void {
		const nowMs = this.#clock.nowMs();
		for (let missed = 0; this.#nextDueMs <= nowMs && missed < mostMissedTicks; missed++) {
			this.#onLag(nowMs - this.#nextDueMs);
			this.#nextDueMs += this.#intervalMs;
		}
		if (this.#nextDueMs <= nowMs) this.#nextDueMs = nowMs + this.#intervalMs;
		for (const task of this.#tasks) task(nowMs);
		this.#schedule();
	}
}
