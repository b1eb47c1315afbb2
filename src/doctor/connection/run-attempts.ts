import pLimit from "p-limit";
import type { Clock } from "../../clock/clock.js";
import { type AttemptName, type Attempts, isDirectUdp, type PlannedAttempt } from "./attempts.js";
import type { JoinTokens } from "./join-tokens.js";
import type { Attempt } from "./media-jobs.js";
import type { MediaProcess } from "./media-process.js";

/** LiveKit itself gives up after 15 s; the whole examination has 40 s. */
const ordinaryBoundMs = 12_000;
const forcedBoundMs = 9_000;
/** Where joins go one after the other, none begins later than this. */
const beginWithinMs = 12_000;

export interface AttemptOptions {
	readonly media: Pick<MediaProcess, "run">;
	readonly tokens: JoinTokens;
	readonly url: string;
	readonly caPem?: string;
	readonly clock: Clock;
	readonly signal: AbortSignal;
}

/**
 * Tries all that is planned, side by side where the tokens allow it. One that the ordinary join makes needless is
 * called off and left out: a server that offers no TCP cannot be connected to over TCP, nor one without UDP over UDP.
 */
export async function runAttempts(
	planned: readonly PlannedAttempt[],
	options: AttemptOptions,
): Promise<Attempts> {
	const { tokens, clock, signal } = options;
	const needless = new Map<AttemptName, AbortController>(
		planned.map(({ name }) => [name, new AbortController()]),
	);
	const done: Partial<Record<AttemptName, Attempt>> = {};
	const lastBeginMs = clock.nowMs() + beginWithinMs;
	const limit = pLimit(tokens.atOnce);
	await Promise.all(
		planned.map((plan) =>
			limit(async () => {
				const calledOff = needless.get(plan.name)?.signal ?? signal;
				if (signal.aborted || calledOff.aborted || clock.nowMs() > lastBeginMs) return;
				const attempt = await tryOne(plan, options, AbortSignal.any([signal, calledOff]));
				if (attempt.connectMs === undefined && !attempt.failure) return;
				done[plan.name] = attempt;
				if (plan.name !== "ordinary") return;
				for (const name of madeNeedless(attempt, tokens.atOnce)) needless.get(name)?.abort();
			}),
		),
	);
	return done;
}

/** In the single room of a given token the fewest joins that tell enough. */
function madeNeedless(ordinary: Attempt, atOnce: number): AttemptName[] {
	if (ordinary.connectMs === undefined) return [];
	const offers = (transport: "udp" | "tcp") =>
		ordinary.remote.some((candidate) => candidate.transport === transport);
	const isTold = ordinary.remote.length > 0;
	return [
		...(isTold && !offers("tcp") ? (["tcp"] as const) : []),
		...(isTold && !offers("udp") ? (["direct"] as const) : []),
		...(atOnce === 1 && isDirectUdp(ordinary) ? (["direct"] as const) : []),
	];
}

async function tryOne(
	{ name, engine, icePolicy, iceServers }: PlannedAttempt,
	{ media, tokens, url, caPem }: AttemptOptions,
	signal: AbortSignal,
): Promise<Attempt> {
	const token = await tokens.take(name);
	try {
		const joining = {
			...{ url, token: token.text, identity: token.identity, icePolicy, iceServers },
			...(caPem === undefined ? {} : { turnCaPem: caPem }),
		};
		const boundMs = name === "ordinary" ? ordinaryBoundMs : forcedBoundMs;
		return await media.run({ kind: "attempt", engine, joining, boundMs }, signal);
	} finally {
		tokens.giveBack(token);
	}
}
