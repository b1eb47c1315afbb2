import { setImmediate } from "node:timers/promises";
import type { Clock } from "./clock.js";

interface Sleeper {
	readonly atMs: number;
	readonly wake: () => void;
}

/** A clock that stands still until it is told to go on: for tests in virtual time. */
export class ManualClock implements Clock {
	#nowMs: number;
	/** By time; those of one time in the order in which they lay down. */
	readonly #sleepers: Sleeper[] = [];

	/** @param startMs epoch milliseconds */
	constructor(startMs = 0) {
		this.#nowMs = startMs;
	}

	nowMs(): number {
		return this.#nowMs;
	}

	/** How many sleeps are under way: 0 says that nobody was left waiting. */
	get sleeping(): number {
		return this.#sleepers.length;
	}

	sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
		// As the system clock: a time that is no number is never waited for.
		if (!(atMs > this.#nowMs) || signal?.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			const sleeper = { atMs, wake };
			const index = this.#sleepers.findIndex((other) => other.atMs > atMs);
			this.#sleepers.splice(index < 0 ? this.#sleepers.length : index, 0, sleeper);
			signal?.addEventListener("abort", wake);
			const sleepers = this.#sleepers;
			function wake(): void {
				const place = sleepers.indexOf(sleeper);
				if (place >= 0) sleepers.splice(place, 1);
				signal?.removeEventListener("abort", wake);
				resolve();
			}
		});
	}

	/**
	 * Time goes by until `atMs`: wakes the sleepers in order, each at its own time, and lets all that follows from
	 * one happen before the next.
	 */
	async advanceTo(atMs: number): Promise<void> {
		await setImmediate();
		for (let next = this.#sleepers[0]; next && next.atMs <= atMs; next = this.#sleepers[0]) {
			this.#nowMs = Math.max(this.#nowMs, next.atMs);
			next.wake();
			await setImmediate();
		}
		this.#nowMs = Math.max(this.#nowMs, atMs);
	}

	/** The process stood still until `atMs`: whoever was due meanwhile wakes late, at `atMs`. */
	async stallUntil(atMs: number): Promise<void> {
		this.#nowMs = Math.max(this.#nowMs, atMs);
		await this.advanceTo(this.#nowMs);
	}
}
