/** RFC 3550 6.2: the least interval between reports. */
const intervalMs = 5000;

/**
 * When a participant's RTCP reports are due (RFC 3550 6.2, 6.3.1): every 5 s on average, each interval drawn
 * from 0.5 to 1.5 times that, so that reports do not fall into step; the first after half of it.
 */
export class ReportSchedule {
	readonly #random: () => number;
	#dueMs: number;

	/** @param random 0 (inclusive) to 1 (exclusive) */
	constructor(startMs: number, random: () => number) {
		this.#random = random;
		this.#dueMs = startMs + this.#draw(intervalMs / 2);
	}

	/** True once for each report that is due; a stall does not make up for missed ones. */
	isDue(nowMs: number): boolean {
		if (nowMs < this.#dueMs) return false;
		this.#dueMs = nowMs + this.#draw(intervalMs);
		return true;
	}

	#draw(meanMs: number): number {
		return meanMs * (0.5 + this.#random());
	}
}
