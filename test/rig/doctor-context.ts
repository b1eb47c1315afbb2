import type { RunningServer } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import type { DoctorContext, DoctorFacts } from "../../src/doctor/context.js";
import { mintToken } from "../../src/token/access-token.js";

type Server = Pick<RunningServer, "url" | "apiKey" | "apiSecret">;

/** What a token may do; absent is allowed. */
export interface TestGrants {
	readonly canPublish?: boolean;
	readonly canSubscribe?: boolean;
}

let rooms = 0;

/** A token as an application would hand it out. */
export async function testToken(
	{ apiKey, apiSecret }: Server,
	{ identity, room, ...grants }: TestGrants & { identity: string; room: string },
) {
	const may = { canPublish: true, canSubscribe: true, ...grants };
	const order = { apiKey, apiSecret, identity, room, ttlMs: 60_000 };
	return { text: await mintToken({ ...order, ...may }), identity, room };
}

/**
 * A context as it is when the checks before are over: with two tokens and the key, or with those of `tokens` alone.
 * @param known facts that the checks before would have written
 */
export async function doctorContext(
	server: Server,
	known: DoctorFacts = {},
): Promise<DoctorContext> {
	const room = `doctor-test-${++rooms}`;
	const minted = ["a", "b"].map((identity) => testToken(server, { identity, room }));
	const { url, apiKey, apiSecret } = server;
	const key = known.tokens ? {} : { apiKey, apiSecret };
	return {
		target: { url: new URL(url), ...key, participants: 2 },
		facts: { ...known, tokens: known.tokens ?? (await Promise.all(minted)) },
		clock: systemClock,
		signal: AbortSignal.timeout(40_000),
	};
}
