import type { Clock } from "./clock.js";

/** No more than this many missed ticks are recorded one by one after a stall. */
const mostMissedTicks = 1000;

interface Task {
	readonly run: (nowMs: number) => void;
	/** Ticks from one turn to the next, and which of them is its own. */
	readonly every: number;
	readonly offset: number;
}

/**
 * One clock for all that a worker must do at a steady rate. Tick n is due at start + n × interval, so it
 * never drifts. How late each tick ran is the scheduler lag; ticks missed in a stall count with the delay each
 * one would have had (no coordinated omission).
 */
export class Ticker {
	readonly #clock: Clock;
	readonly #intervalMs: number;
	readonly #onLag: (lagMs: number) => void;
	readonly #tasks = new Set<Task>();
	#added = 0;
	#running = new AbortController();

	constructor(clock: Clock, intervalMs: number, onLag: (lagMs: number) => void) {
		this.#clock = clock;
		this.#intervalMs = intervalMs;
		this.#onLag = onLag;
	}

	/**
	 * Calls `run` at a steady rate until the returned function is called. Tasks of the same rate take turns, so that not all
	 * of them burden one tick.
	 * @param everyMs rounded to whole ticks @default every tick
	 */
	add(run: (nowMs: number) => void, everyMs = this.#intervalMs): () => void {
		const every = Math.max(1, Math.round(everyMs / this.#intervalMs));
		const task = { run, every, offset: this.#added++ % every };
		this.#tasks.add(task);
		return () => this.#tasks.delete(task);
	}

	start(): void {
		this.stop();
		this.#running = new AbortController();
		void this.#run(this.#running.signal);
	}

	stop(): void {
		this.#running.abort();
	}

	async #run(signal: AbortSignal): Promise<void> {
		const startMs = this.#clock.nowMs();
		const dueMs = (tick: number) => startMs + tick * this.#intervalMs;
		for (let tick = 1; ; ) {
			await this.#clock.sleepUntil(dueMs(tick), signal);
			if (signal.aborted) return;
			const nowMs = this.#clock.nowMs();
			const firstTick = tick;
			for (; dueMs(tick) <= nowMs; tick++) {
				if (tick - firstTick < mostMissedTicks) this.#onLag(nowMs - dueMs(tick));
			}
			for (const { run, every, offset } of this.#tasks) {
				const turns = (before: number) => Math.floor((before + offset) / every);
				if (turns(tick) > turns(firstTick)) run(nowMs);
			}
		}
	}
}
