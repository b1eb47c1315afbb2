import pLimit from "p-limit";
import type { Clock } from "../../clock/clock.js";
import { redact } from "../../error/redact.js";
import { cutLives } from "../../plan/cut-lives.js";
import type { Life, Plan } from "../../plan/plan.js";
import { type Connection, openTokens } from "../../pool/connection.js";
import type { TokenHandout } from "../../pool/handout.js";
import { identityOf, lifeOf } from "../../pool/run-names.js";
import { tokenRequestOf } from "../../pool/token-request.js";
import type { JoinToken } from "../../token/token-source.js";

/** Tokens of one message: about 400 bytes each, and Redis and agent take it in one piece. */
const mostInMessage = 500;
/** Lives that begin within so long have their tokens. A service makes its own later: it may count each as a use. */
const aheadMs = { minted: 60_000, service: 15_000 };
const feedEveryMs = { minted: 10_000, service: 2_000 };
/** Beside the time that the token is to last: clocks differ, and messages take theirs. */
const marginMs = 30_000;
/** A service is asked as many participants would ask it at once. */
const inFlight = 20;

interface FedShard {
	readonly own: ReadonlySet<number>;
	readonly seats: readonly { readonly lives: Iterator<Life>; next: Life | undefined }[];
	readonly hand: (handout: TokenHandout) => void;
}

/**
 * Makes room tokens for lives that other machines live, ahead of the time at which they begin: the plan is known. The
 * secret they are made with stays here.
 */
export class TokenFeed {
	readonly #plan: Plan;
	readonly #connection: Pick<Connection, "tokens">;
	readonly #ttlMs: number;
	readonly #runTag: string;
	readonly #clock: Clock;
	readonly #shards = new Map<number, FedShard>();
	readonly #limit = pLimit(inFlight);
	#fedAtMs = Number.NEGATIVE_INFINITY;
	#isFeeding = false;

	/** @param of.ttlMs how long a token lets in, from the moment at which its life begins */
	constructor(of: {
		plan: Plan;
		connection: Pick<Connection, "tokens">;
		ttlMs: number;
		runTag: string;
		clock: Clock;
	}) {
		this.#plan = of.plan;
		this.#connection = of.connection;
		this.#ttlMs = of.ttlMs;
		this.#runTag = of.runTag;
		this.#clock = of.clock;
	}

	/** From now on these seats are fed. @param hand gets what is made, in pieces */
	open(
		shard: number,
		of: { seats: readonly number[]; fromMs: number },
		hand: (handout: TokenHandout) => void,
	): void {
		const seats = of.seats.flatMap((index) => {
			const seat = this.#plan.seats[index];
			if (!seat) return [];
			const lives = livesFrom(this.#plan, seat, of.fromMs);
			return [{ lives, next: nextOf(lives) }];
		});
		this.#shards.set(shard, { own: new Set(of.seats), seats, hand });
	}

	close(shard: number): void {
		this.#shards.delete(shard);
	}

	/** To be called each second. @param planMs the plan's time now; before it began, below 0 */
	async feed(planMs: number): Promise<void> {
		const kind = this.#kind;
		if (this.#isFeeding || this.#clock.nowMs() - this.#fedAtMs < feedEveryMs[kind]) return;
		this.#isFeeding = true;
		this.#fedAtMs = this.#clock.nowMs();
		try {
			await Promise.all([...this.#shards.keys()].map((shard) => this.feedShard(shard, planMs)));
		} finally {
			this.#isFeeding = false;
		}
	}

	/** Resolves when all that begin soon in this shard have their token, or the reason why not. */
	async feedShard(shard: number, planMs: number): Promise<void> {
		const fed = this.#shards.get(shard);
		if (!fed) return;
		const untilMs = planMs + aheadMs[this.#kind];
		const due: Life[] = [];
		for (const seat of fed.seats)
			for (; seat.next && seat.next.startMs <= untilMs; seat.next = nextOf(seat.lives))
				due.push(seat.next);
		due.sort((a, b) => a.startMs - b.startMs);
		await this.#hand(due, planMs, fed.hand);
	}

	/** Lives that were not foreseen: after a fault, or after a worker died. */
	async want(shard: number, identities: readonly string[], planMs: number): Promise<void> {
		const fed = this.#shards.get(shard);
		if (!fed) return;
		const lives = identities.flatMap((identity) => {
			const { seat: index = -1, number = 0 } = lifeOf(this.#runTag, identity) ?? {};
			// An agent gets tokens for its own seats alone.
			const seat = fed.own.has(index) ? this.#plan.seats[index] : undefined;
			// Of its end nothing but the plan knows, and no token says it.
			return seat ? [{ seat, number, startMs: planMs, endMs: planMs }] : [];
		});
		await this.#hand(lives, planMs, fed.hand);
	}

	get #kind(): "minted" | "service" {
		return this.#connection.tokens.kind === "service" ? "service" : "minted";
	}

	async #hand(lives: readonly Life[], planMs: number, hand: FedShard["hand"]): Promise<void> {
		for (let i = 0; i < lives.length; i += mostInMessage) {
			const tokens: Record<string, JoinToken> = {};
			const refused: Record<string, string> = {};
			const piece = lives.slice(i, i + mostInMessage);
			await Promise.all(
				piece.map((life) =>
					this.#limit(async () => {
						const identity = identityOf(this.#runTag, life);
						try {
							tokens[identity] = await this.#tokenFor(life, planMs);
						} catch (error) {
							refused[identity] = wordsOf(error);
						}
					}),
				),
			);
			hand({ tokens, refused });
		}
	}

	#tokenFor(life: Life, planMs: number): Promise<JoinToken> {
		// It lasts as long from its use on as one that is made in that moment.
		const ttlMs = this.#ttlMs + Math.max(0, life.startMs - planMs) + marginMs;
		const source = openTokens(this.#connection.tokens, ttlMs);
		return source.tokenFor(tokenRequestOf(this.#runTag, life));
	}
}

/** Drawn one by one: of long churn a list would be long. */
function* livesFrom(plan: Plan, seat: Life["seat"], fromMs: number): Generator<Life> {
	for (const life of plan.eachLife(seat)) {
		const one = { eachLife: () => [life] };
		yield* cutLives(one, seat, fromMs);
	}
}

function nextOf(lives: Iterator<Life>): Life | undefined {
	const { done, value } = lives.next();
	return done ? undefined : value;
}

function wordsOf(error: unknown): string {
	return redact(error instanceof Error ? error.message : String(error)).slice(0, 500);
}
