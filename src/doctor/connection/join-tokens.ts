import { randomUUID } from "node:crypto";
import { mintToken } from "../../token/access-token.js";
import type { DoctorFacts, DoctorTarget } from "../context.js";

const ttlMs = 120_000;

/** What one join goes in with. */
export interface JoinToken {
	readonly text: string;
	readonly identity: string;
}

/** Tokens for several joins. */
export interface JoinTokens {
	/** How many joins may be under way at once: two with one identity would throw each other out. */
	readonly atOnce: number;
	/** A token that nobody else holds until `giveBack`. At most `atOnce` are out at any time. */
	take(name: string): Promise<JoinToken>;
	giveBack(token: JoinToken): void;
}

/** Fresh ones, each for a room of its own, where there is a key; else those that the `token` check has. */
export function joinTokens(target: DoctorTarget, facts: DoctorFacts): JoinTokens | undefined {
	const { apiKey, apiSecret } = target;
	if (apiKey !== undefined && apiSecret !== undefined) {
		const room = `livesoak-doctor-${randomUUID()}`;
		return {
			atOnce: Number.POSITIVE_INFINITY,
			take: async (name) => {
				const identity = `livesoak-doctor-${name}`;
				const grants = { canPublish: false, canSubscribe: true };
				const order = { identity, room: `${room}-${name}`, ttlMs, ...grants };
				return { identity, text: await mintToken({ apiKey, apiSecret, ...order }) };
			},
			giveBack: () => {},
		};
	}
	const free: JoinToken[] = [...(facts.tokens ?? [])];
	if (free.length === 0) return undefined;
	return {
		atOnce: free.length,
		take: async () => {
			const token = free.shift();
			if (!token) throw new Error("more joins at once than there are tokens");
			return token;
		},
		giveBack: (token) => void free.push(token),
	};
}
