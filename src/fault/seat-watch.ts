import type { Recovery } from "../sample/recovery.js";

/** Media that flowed without interruption for this long after a fault is back. */
const settledMs = 3000;
/** What arrived may be read a moment later. */
const readWithinMs = 100;

/** What is known of the seat's participant at a moment. */
export interface SeatNow {
	/** It is in the room, and its connection is not being mended. */
	readonly isConnected: boolean;
}

/**
 * How one seat comes through one fault, by the times of its packets alone; lives may follow one another on it. An
 * interruption is a time without RTP that is too long to be a pause between packets. Pure: time is an argument.
 */
export class SeatWatch {
	readonly #interruptionMs: number;
	#lastAtMs: number;
	#longestMs = 0;
	/** Of the last interruption of the longest one's order: a hiccup after the outage does not prolong it. */
	#outUntilMs = Number.NEGATIVE_INFINITY;
	/** Of the last one of all. */
	#unsteadyUntilMs = Number.NEGATIVE_INFINITY;
	#isFirst = true;

	/** @param beganAtMs of the fault @param interruptionMs as long a gap is one */
	constructor(beganAtMs: number, interruptionMs: number) {
		this.#lastAtMs = beganAtMs;
		this.#interruptionMs = interruptionMs;
	}

	/** A packet came (or left, of one who only publishes). */
	beat(atMs: number): void {
		const gapMs = atMs - this.#lastAtMs;
		// The first may have come just before the fault and been read after it: the gap begins there.
		if (gapMs < 0 && !this.#isFirst) return;
		this.#isFirst = false;
		this.#lastAtMs = atMs;
		this.#longestMs = Math.max(this.#longestMs, gapMs);
		if (gapMs < this.#interruptionMs) return;
		this.#unsteadyUntilMs = atMs;
		if (gapMs >= this.#longestMs / 2) this.#outUntilMs = atMs;
	}

	/**
	 * @param fromMs recovery is counted from here; undefined as long as the fault goes on
	 * @returns undefined while it is too early to say
	 */
	look(nowMs: number, { isConnected }: SeatNow, fromMs: number | undefined): Recovery | undefined {
		if (fromMs === undefined || !isConnected) return undefined;
		if (nowMs - this.#lastAtMs > this.#interruptionMs + readWithinMs) return undefined;
		if (nowMs - Math.max(fromMs, this.#unsteadyUntilMs) < settledMs) return undefined;
		const recoveryMs = Math.max(0, this.#outUntilMs - fromMs);
		return { outcome: "recovered", recoveryMs, gapMs: this.#longestMs };
	}

	/** Its time is over, or it is lost: what is missing at the end is a gap, too. */
	giveUp(nowMs: number): Recovery {
		return { outcome: "failed", gapMs: Math.max(this.#longestMs, nowMs - this.#lastAtMs) };
	}
}
