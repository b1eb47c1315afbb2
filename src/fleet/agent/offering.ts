import type { AgentLink } from "../link.js";
import type { Offer } from "../offer.js";
import { shortened } from "./agent-event.js";

/** Keeps a machine on offer: renews the offer, and tells once when Redis goes away and once when it is back. */
export class Offering {
	readonly #link: AgentLink;
	readonly #offer: () => Offer;
	readonly #say: (line: string) => void;
	#isRenewing = false;
	/** Something changed since the last one was made. */
	#isWanted = false;
	#isAway = false;
	#isOver = false;

	/** @param offer as it is at the moment */
	constructor(link: AgentLink, offer: () => Offer, say: (line: string) => void) {
		this.#link = link;
		this.#offer = offer;
		this.#say = say;
	}

	/** @throws what Redis says when it does not take it */
	begin(): Promise<void> {
		return this.#link.offer(this.#offer());
	}

	/** To be called about once a second, and when something changed. Never rejects. */
	async renew(): Promise<void> {
		this.#isWanted = true;
		if (this.#isRenewing || this.#isOver) return;
		this.#isRenewing = true;
		while (this.#isWanted && !this.#isOver) {
			this.#isWanted = false;
			await this.#try();
		}
		this.#isRenewing = false;
		// It was taken back while it was being renewed.
		if (this.#isOver) await this.#link.withdraw().catch(() => {});
	}

	async #try(): Promise<void> {
		try {
			await this.begin();
			if (this.#isAway) this.#say("Redis is back");
			this.#isAway = false;
		} catch (error) {
			const why = shortened(error instanceof Error ? error.message : String(error));
			if (!this.#isAway) this.#say(`Redis does not take anything now: ${why.split("\n")[0]}`);
			this.#isAway = true;
		}
	}

	/** Takes it back; where Redis is away the offer grows old by itself. Never rejects. */
	async end(): Promise<void> {
		this.#isOver = true;
		await this.#link.withdraw().catch(() => {});
	}
}
