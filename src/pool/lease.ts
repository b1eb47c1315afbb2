/**
 * The right to go on, which somebody else has to renew. Whoever does not hear of a renewal in time must take it that
 * nobody leads any more, and end by itself. Pure: time is an argument.
 */
export class Lease {
	readonly leaseMs: number;
	#untilMs: number;

	/** @param leaseMs from one renewal to the latest moment of the next; infinite: it never ends */
	constructor(leaseMs: number, nowMs: number) {
		this.leaseMs = leaseMs;
		this.#untilMs = nowMs + leaseMs;
	}

	/** What is over stays over: others may have taken the place since. @returns whether it goes on */
	renew(nowMs: number): boolean {
		if (this.isOver(nowMs)) return false;
		this.#untilMs = nowMs + this.leaseMs;
		return true;
	}

	isOver(nowMs: number): boolean {
		return nowMs >= this.#untilMs;
	}
}
