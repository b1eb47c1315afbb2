import type { Clock } from "../../clock/clock.js";
import type { ToAgent } from "../to-agent.js";

const firstPauseMs = 250;
const longestPauseMs = 1_000;
/** An agent that takes nothing for so long is lost long before; what waits for it must not grow without end. */
const mostWaiting = 1_000;

/** The orders to one agent, in order, sent again as long as Redis does not take them. */
export class Outbox {
	readonly #send: (order: ToAgent) => Promise<void>;
	readonly #clock: Clock;
	readonly #closed = new AbortController();
	#waiting: ToAgent[] = [];
	#sending: Promise<void> | undefined;

	constructor(send: (order: ToAgent) => Promise<void>, clock: Clock) {
		this.#send = send;
		this.#clock = clock;
	}

	/** @returns false where it is closed, or so much waits that the agent cannot be there */
	post(order: ToAgent): boolean {
		if (this.#closed.signal.aborted || this.#waiting.length >= mostWaiting) return false;
		this.#waiting.push(order);
		this.#sending ??= this.#run();
		return true;
	}

	/** Resolves when Redis has all that was posted so far, or the box is closed. */
	async flushed(): Promise<void> {
		await this.#sending;
	}

	/** What was not sent is dropped, but for one last order. */
	async close(last?: ToAgent): Promise<void> {
		this.#waiting = [];
		this.#closed.abort();
		// Else it could overtake the order that is under way.
		await this.#sending;
		if (last) await this.#send(last).catch(() => {});
	}

	async #run(): Promise<void> {
		let pauseMs = firstPauseMs;
		for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
			try {
				await this.#send(next);
				// Closed meanwhile: what waited is gone.
				if (this.#waiting[0] === next) this.#waiting.shift();
				pauseMs = firstPauseMs;
			} catch {
				await this.#clock.sleepUntil(this.#clock.nowMs() + pauseMs, this.#closed.signal);
				pauseMs = Math.min(longestPauseMs, pauseMs * 2);
			}
		}
		this.#sending = undefined;
	}
}
