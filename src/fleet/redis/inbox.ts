/** Further ahead than an agent ever is: what claims to be, is not an agent's message. */
const mostAhead = 10_000;

interface OfOne<T> {
	/** All up to here was delivered, or dropped as invalid. */
	heard: number;
	/** What came before its turn, by number; undefined: it is invalid and only takes its place. */
	readonly early: Map<number, T | undefined>;
	/** `heard` at the last look, where something waited then. */
	stoodAt: number | undefined;
}

/** Messages that are not waited for any more. */
export interface LostMessages {
	readonly sender: string;
	readonly from: number;
	readonly to: number;
}

/**
 * Puts the numbered messages of several senders in order, each sender's for itself, and drops what was there before.
 * For all arrivals in any order and number: delivered is each number at most once, ascending, and without a gap
 * but for those that were given up.
 */
export class Inbox<T> {
	readonly #senders = new Map<string, OfOne<T>>();
	readonly #deliver: (sender: string, message: T) => void;

	/** @param heard where each sender stands; senders that are not in it begin with 1 */
	constructor(
		deliver: (sender: string, message: T) => void,
		heard: Readonly<Record<string, number>> = {},
	) {
		this.#deliver = deliver;
		for (const [sender, number] of Object.entries(heard))
			this.#senders.set(sender, { heard: number, early: new Map(), stoodAt: undefined });
	}

	/** The highest number of each sender up to which nothing is missing. */
	get heard(): Readonly<Record<string, number>> {
		return Object.fromEntries([...this.#senders].map(([sender, { heard }]) => [sender, heard]));
	}

	/**
	 * @param message undefined: it is invalid, and those after it need not wait for it
	 * @returns false where it was there before, or is too far ahead to be true
	 */
	take(sender: string, number: number, message: T | undefined): boolean {
		const of = this.#of(sender);
		if (number <= of.heard || number > of.heard + mostAhead || of.early.has(number)) return false;
		of.early.set(number, message);
		this.#flush(sender, of);
		return true;
	}

	/**
	 * To be called from time to time: what waited at the call before, and waits still, waits for messages that their
	 * sender does not have any more. They are left out, and no longer taken.
	 */
	giveUpLost(): LostMessages[] {
		const lost: LostMessages[] = [];
		for (const [sender, of] of this.#senders) {
			if (of.early.size > 0 && of.stoodAt === of.heard) {
				const next = Math.min(...of.early.keys());
				lost.push({ sender, from: of.heard + 1, to: next - 1 });
				of.heard = next - 1;
				this.#flush(sender, of);
			}
			of.stoodAt = of.early.size > 0 ? of.heard : undefined;
		}
		return lost;
	}

	#flush(sender: string, of: OfOne<T>): void {
		while (of.early.has(of.heard + 1)) {
			of.heard++;
			const next = of.early.get(of.heard);
			of.early.delete(of.heard);
			if (next !== undefined) this.#deliver(sender, next);
		}
	}

	#of(sender: string): OfOne<T> {
		const known = this.#senders.get(sender);
		if (known !== undefined) return known;
		const fresh: OfOne<T> = { heard: 0, early: new Map(), stoodAt: undefined };
		this.#senders.set(sender, fresh);
		return fresh;
	}
}
