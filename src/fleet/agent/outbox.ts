import type { FromAgent, FromAgentBody, FromAgentKind } from "../from-agent.js";
import { mergedSnapshot } from "./shard-log.js";

type Report = Omit<FromAgentKind<"report">, "seq">;

interface Numbered {
	readonly message: FromAgent;
	/** Redis had it then; undefined: it is to be sent (again). */
	sentAtMs: number | undefined;
}

/** From so many on that wait for Redis, reports of one shard are added up: an outage may last. */
const mergeFrom = 30;
/** With so many sent and not heard, nobody reads: what is new waits here, where it can be added up. */
const mostUnheard = 200;
/** Redis had it, and the coordinator, which is there, has not heard it: Redis has lost it. */
const againAfterMs = 5_000;

/**
 * What an agent has to tell one run. Each message gets its number with the first attempt to send it, and keeps it:
 * sent twice it is still one message. It is kept until the coordinator says that it has heard it.
 */
export class Outbox {
	readonly #send: (message: FromAgent) => Promise<void>;
	readonly #nowMs: () => number;
	readonly #numbered: Numbered[] = [];
	readonly #waiting: FromAgentBody[] = [];
	#lastSeq = 0;
	#isPumping = false;
	#isHeld = false;

	constructor(send: (message: FromAgent) => Promise<void>, nowMs: () => number) {
		this.#send = send;
		this.#nowMs = nowMs;
	}

	/** How many messages Redis does not have yet. */
	get unsent(): number {
		const retried = this.#numbered.filter(({ sentAtMs }) => sentAtMs === undefined).length;
		return retried + this.#waiting.length;
	}

	add(body: FromAgentBody): void {
		if (body.kind === "report" && this.#waiting.length >= mergeFrom && this.#mergeIn(body)) return;
		this.#waiting.push(body);
	}

	/** The coordinator, which is there just now, has heard all messages up to this one. */
	heard(seq: number): void {
		while ((this.#numbered[0]?.message.seq ?? Number.POSITIVE_INFINITY) <= seq)
			this.#numbered.shift();
		const longAgoMs = this.#nowMs() - againAfterMs;
		for (const each of this.#numbered)
			if ((each.sentAtMs ?? Number.POSITIVE_INFINITY) < longAgoMs) each.sentAtMs = undefined;
	}

	/** Sends nothing until it is known whether anybody still listens. */
	hold(): void {
		this.#isHeld = true;
	}

	/**
	 * Somebody listens who may not have what was told before: all that he does not say to have heard is sent again.
	 * Whoever has it drops it by its number.
	 */
	sendAgain(): void {
		this.#isHeld = false;
		for (const each of this.#numbered) each.sentAtMs = undefined;
	}

	/** Nobody will ever hear what is left. The numbers go on. */
	drop(): void {
		this.#isHeld = false;
		this.#waiting.length = 0;
		this.#numbered.length = 0;
	}

	/** Sends what is to be sent, in order, one after another, until Redis does not take one. Never rejects. */
	async pump(): Promise<void> {
		if (this.#isPumping || this.#isHeld) return;
		this.#isPumping = true;
		try {
			for (let next = this.#next(); next; next = this.#next()) {
				await this.#send(next.message);
				next.sentAtMs = this.#nowMs();
				if (this.#isHeld) return;
			}
		} catch {
			// Kept; the next time it is sent again.
		} finally {
			this.#isPumping = false;
		}
	}

	#next(): Numbered | undefined {
		const again = this.#numbered.find(({ sentAtMs }) => sentAtMs === undefined);
		if (again || this.#numbered.length >= mostUnheard) return again;
		const body = this.#waiting.shift();
		if (!body) return undefined;
		const next: Numbered = { message: { ...body, seq: ++this.#lastSeq }, sentAtMs: undefined };
		this.#numbered.push(next);
		return next;
	}

	/** @returns false where there is no report of the shard that nobody has tried to send */
	#mergeIn(report: Report): boolean {
		const at = this.#waiting.findLastIndex(
			(body) => "shard" in body && body.shard === report.shard,
		);
		const earlier = this.#waiting[at];
		if (earlier?.kind !== "report") return false;
		this.#waiting[at] = mergedReport(earlier, report);
		return true;
	}
}

/** Two reports of one shard as one: what was counted is added up, what stands is the later one's. */
export function mergedReport(earlier: Report, later: Report): Report {
	return {
		...later,
		aggregates: mergedSnapshot([earlier.aggregates, later.aggregates]),
		lives: [...earlier.lives, ...later.lives],
		events: [...earlier.events, ...later.events],
		recoveries: [...earlier.recoveries, ...later.recoveries],
		tokensWanted: [...new Set([...earlier.tokensWanted, ...later.tokensWanted])],
		replaced: [...earlier.replaced, ...later.replaced],
	};
}
