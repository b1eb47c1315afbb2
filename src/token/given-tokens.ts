import type { Clock } from "../clock/clock.js";
import { JoinError } from "../engine/join-error.js";
import type { JoinToken, TokenSource } from "./token-source.js";

interface Waiting {
	readonly resolve: (token: JoinToken) => void;
	readonly reject: (error: JoinError) => void;
}

/**
 * Tokens that somebody else makes and hands out, each for one life: whoever lives it has no key to make one. A token
 * is kept until its life asks for it; a life without one asks once and waits.
 */
export class GivenTokens {
	readonly #clock: Clock;
	readonly #want: (identities: readonly string[]) => void;
	readonly #tokens = new Map<string, JoinToken>();
	readonly #refused = new Map<string, string>();
	readonly #waiting = new Map<string, Waiting>();
	readonly #asked = new Set<string>();
	#toAsk: string[] = [];

	/** @param want asks for the tokens of these identities: several at once, each once */
	constructor(clock: Clock, want: (identities: readonly string[]) => void) {
		this.#clock = clock;
		this.#want = want;
	}

	/** @param refused why there is no token, by identity */
	give(
		tokens: Readonly<Record<string, JoinToken>>,
		refused: Readonly<Record<string, string>> = {},
	): void {
		for (const [identity, token] of Object.entries(tokens)) {
			this.#asked.delete(identity);
			const waiting = this.#waiting.get(identity);
			if (waiting) waiting.resolve(token);
			else this.#tokens.set(identity, token);
		}
		for (const [identity, why] of Object.entries(refused)) {
			this.#asked.delete(identity);
			const waiting = this.#waiting.get(identity);
			if (waiting) waiting.reject(refusal(why));
			else this.#refused.set(identity, why);
		}
	}

	/** This life will begin in a moment: asks ahead where its token is not there. */
	expect(identity: string): void {
		if (this.#tokens.has(identity) || this.#refused.has(identity)) return;
		if (this.#asked.has(identity)) return;
		this.#asked.add(identity);
		if (this.#toAsk.push(identity) > 1) return;
		// All that are missed at this moment are asked for together.
		queueMicrotask(() => {
			const identities = this.#toAsk;
			this.#toAsk = [];
			this.#want(identities);
		});
	}

	/** @param waitMs a token that is not handed out within this time fails the join */
	source(waitMs: number): TokenSource {
		return { kind: "given", tokenFor: ({ identity }) => this.#take(identity, waitMs) };
	}

	async #take(identity: string, waitMs: number): Promise<JoinToken> {
		const token = this.#tokens.get(identity);
		const why = this.#refused.get(identity);
		this.#tokens.delete(identity);
		this.#refused.delete(identity);
		if (token) return token;
		if (why !== undefined) throw refusal(why);
		this.expect(identity);
		const done = new AbortController();
		try {
			return await new Promise<JoinToken>((resolve, reject) => {
				this.#waiting.set(identity, { resolve, reject });
				void this.#clock
					.sleepUntil(this.#clock.nowMs() + waitMs, done.signal)
					.then(() => reject(noneInTime(waitMs)));
			});
		} finally {
			this.#waiting.delete(identity);
			this.#asked.delete(identity);
			done.abort();
		}
	}
}

function refusal(why: string): JoinError {
	return new JoinError({ stage: "credentials", cause: "token-service", detail: why });
}

function noneInTime(waitMs: number): JoinError {
	const detail = `the coordinator handed out no token within ${waitMs} ms`;
	return new JoinError({ stage: "credentials", cause: "timeout", detail });
}
