import type { Clock } from "../../clock/clock.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../../engine/engine.js";
import { JoinError } from "../../engine/join-error.js";
import { redact } from "../../error/redact.js";
import type { Failure } from "../../participant/failure.js";
import type { ConnectStage } from "../../sample/stage.js";
import { CandidateWatch } from "./candidate-watch.js";
import type { Engines } from "./engines.js";
import type { Attempt, AttemptJob, Joining } from "./media-jobs.js";

const leaveWithinMs = 2_000;
/**
 * A quick join is looked at for so long in all: candidates still come after it is connected, and the remote one of the
 * pair is peer-reflexive until the server has told it.
 */
const lookMs = 700;
let attempts = 0;

/**
 * Joins, looks how that went, and leaves. Never rejects because of the server: what failed is in the outcome.
 * @param signal calls it off
 */
export async function attempt(
	{ engine: name, joining, boundMs }: AttemptJob,
	engines: Engines,
	clock: Clock,
	signal: AbortSignal,
): Promise<Attempt> {
	const engine = await engines.get(name);
	const beganMs = clock.nowMs();
	const sinceBeginMs = () => clock.nowMs() - beganMs;
	const watch = new CandidateWatch(sinceBeginMs);
	const stagesMs: Partial<Record<ConnectStage, number>> = {};
	const late = new AbortController();
	void clock.sleepUntil(beganMs + boundMs, late.signal).then(() => late.abort());
	let socketFailure: Failure | undefined;
	const key = `${++attempts}`;
	const listener = {
		...{ filter: watch, onSocket() {}, mayConnect: () => true },
		onSocketFailure: (failure: Failure) => {
			socketFailure = failure;
		},
	};
	// The light engine reads from the URL whether the server is on this machine: it needs the true one.
	const url = name === "native" ? engines.tap.register(key, joining.url, listener) : joining.url;
	const observer = {
		...quiet,
		onStage: (stage: ConnectStage, atMs: number) => {
			stagesMs[stage] ??= atMs - beganMs;
		},
	};
	const seen = () => ({ stagesMs, local: watch.local, remote: watch.remote });
	let participant: EngineParticipant | undefined;
	const over = AbortSignal.any([signal, late.signal]);
	try {
		participant = await engine.join(orderFor(joining, url, beganMs, over), observer);
		const connectMs = sinceBeginMs();
		await clock.sleepUntil(beganMs + lookMs, over);
		const pairs = await participant.candidatePairs();
		return { ...seen(), connectMs, pairs };
	} catch (error) {
		if (signal.aborted) return { ...seen(), pairs: [] };
		const failure = socketFailure ?? failureOf(error);
		return { ...seen(), pairs: [], failure: { ...failure, detail: redact(failure.detail) } };
	} finally {
		late.abort();
		await participant?.leave().catch(() => {});
		engines.tap.unregister(key);
	}
}

function orderFor(joining: Joining, url: string, nowMs: number, signal: AbortSignal): JoinOrder {
	return {
		...{ ...joining, url, signal },
		...{ tlsInsecure: false, media: true, mediaZeroAtMs: nowMs, dtx: false, subscribe: 0 },
		leaveWithinMs,
	};
}

/** For whoever wants the stages, or nothing, of a join. */
export const quiet: EngineObserver = {
	onStage() {},
	onWelcome() {},
	onReconnecting() {},
	onReconnected() {},
	onDisconnected() {},
};

/** A failure in words, whatever kind of error it comes as. */
export function failureOf(error: unknown): Failure {
	if (error instanceof JoinError) return error;
	const detail = error instanceof Error ? error.message : String(error);
	return { stage: "joined", cause: "internal", detail };
}
