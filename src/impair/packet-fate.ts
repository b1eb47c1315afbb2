import { type RandomStream, randomStream } from "../plan/random.js";
import { type Impairment, noImpairment } from "./impairment.js";

/** Apart from the purposes of a plan (plan/random.ts): a fault never changes who comes when. */
const impairPurpose = 101;

/** Packets that an impairment touched. */
export interface FateCounts {
	/** Decided on, whatever became of them. */
	readonly taken: number;
	readonly lost: number;
	/** Did not fit into the pipe's queue. */
	readonly overflowed: number;
	readonly duplicated: number;
	readonly heldBack: number;
}

/**
 * Decides what becomes of each packet of one direction. Seeded: the same packets at the same times have the same
 * fate. Each packet uses up the same random numbers whatever is asked for, so that a changed share of duplicates,
 * say, leaves losses and delays as they were.
 */
export class PacketFate {
	readonly #random: RandomStream;
	#impairment = noImpairment;
	/** When the pipe has sent all that it took so far. */
	#pipeFreeAtMs = Number.NEGATIVE_INFINITY;
	#counts = { taken: 0, lost: 0, overflowed: 0, duplicated: 0, heldBack: 0 };

	/** @param direction a whole number: the directions of one path do not share their luck */
	constructor(seed: number, direction: number) {
		this.#random = randomStream(seed, impairPurpose, direction);
	}

	/** From the next packet on. The pipe begins empty. */
	set(impairment: Impairment): void {
		this.#impairment = impairment;
		this.#pipeFreeAtMs = Number.NEGATIVE_INFINITY;
	}

	/**
	 * Packets come in order of time.
	 * @param bytes on the wire, for the width of the pipe
	 * @returns when each copy of the packet leaves: none if it is dropped, two if it is duplicated. Not sorted.
	 */
	decide(nowMs: number, bytes: number): readonly number[] {
		const { lossRatio, delayMs, jitterMs, ...asked } = this.#impairment;
		const [luck, jitter, holding, doubling, copyJitter] = this.#draw();
		this.#counts.taken++;
		if (luck < lossRatio) {
			this.#counts.lost++;
			return [];
		}
		const outMs = this.#throughPipe(nowMs, bytes);
		if (outMs === undefined) {
			this.#counts.overflowed++;
			return [];
		}
		const isHeld = holding < asked.reorderRatio;
		if (isHeld) this.#counts.heldBack++;
		const earliestMs = outMs + delayMs + (isHeld ? asked.reorderMs : 0);
		const dueMs = earliestMs + jitter * jitterMs;
		if (doubling >= asked.duplicateRatio) return [dueMs];
		this.#counts.duplicated++;
		return [dueMs, earliestMs + copyJitter * jitterMs];
	}

	get counts(): FateCounts {
		return { ...this.#counts };
	}

	#draw(): [number, number, number, number, number] {
		const next = () => this.#random.next();
		return [next(), next(), next(), next(), next()];
	}

	/** @returns when the last bit of the packet is through; undefined if it would have to wait too long */
	#throughPipe(nowMs: number, bytes: number): number | undefined {
		const { kilobitsPerSecond, queueMs } = this.#impairment;
		const startMs = Math.max(nowMs, this.#pipeFreeAtMs);
		if (startMs - nowMs > queueMs) return undefined;
		// A kilobit a second is a bit a millisecond.
		this.#pipeFreeAtMs = startMs + (bytes * 8) / kilobitsPerSecond;
		return this.#pipeFreeAtMs;
	}
}
