import type { OrderEnvelope } from "./order-envelope.js";

/** Coordinators that an agent remembers; those before are long gone. */
const mostSenders = 1_000;

interface OfOne {
	/** The highest number that was delivered: what is below it comes no more. */
	delivered: number;
	/** What came before its turn, by number. */
	readonly early: Map<number, OrderEnvelope>;
	/** What waited at the last look. */
	waited: number | undefined;
}

/**
 * Orders of each sender in the order in which they were sent, each once. One waits for those before it that Redis
 * took, and not for those that it did not take.
 */
export class OrderLine {
	readonly #senders = new Map<string, OfOne>();
	readonly #deliver: (order: unknown) => void;

	constructor(deliver: (order: unknown) => void) {
		this.#deliver = deliver;
	}

	take(envelope: OrderEnvelope): void {
		const of = this.#of(envelope.sender);
		if (envelope.number <= of.delivered) return;
		of.early.set(envelope.number, envelope);
		this.#flush(of);
	}

	/** To be called from time to time: what waited at the call before and waits still, waits for one that is lost. */
	giveUpLost(): void {
		for (const of of this.#senders.values()) {
			const first = firstOf(of);
			if (first !== undefined && of.waited === first.number) {
				this.#hand(of, first);
				this.#flush(of);
			}
			of.waited = firstOf(of)?.number;
		}
	}

	#flush(of: OfOne): void {
		for (let next = firstOf(of); next && next.after <= of.delivered; next = firstOf(of))
			this.#hand(of, next);
	}

	#hand(of: OfOne, { number, order }: OrderEnvelope): void {
		of.delivered = number;
		of.early.delete(number);
		this.#deliver(order);
	}

	#of(sender: string): OfOne {
		const of = this.#senders.get(sender) ?? {
			...{ delivered: 0, early: new Map<number, OrderEnvelope>(), waited: undefined },
		};
		// Put last again: the first of the map is the one that was silent longest.
		this.#senders.delete(sender);
		this.#senders.set(sender, of);
		const [oldest] = this.#senders.keys();
		if (this.#senders.size > mostSenders && oldest !== undefined) this.#senders.delete(oldest);
		return of;
	}
}

function firstOf({ early }: OfOne): OrderEnvelope | undefined {
	return early.get(Math.min(...early.keys()));
}
