import type { PcmSource } from "../audio/pcm-source.js";
import type { Clock } from "../clock/clock.js";
import type { Engine, EngineParticipant, JoinOrder } from "../engine/engine.js";
import { JoinError } from "../engine/join-error.js";
import { redact } from "../error/redact.js";
import type { IceServer } from "../ice/ice-server.js";
import { violates } from "../ice/pair-check.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import type { Life } from "../plan/plan.js";
import type { RunEvent } from "../run/run-event.js";
import { MediaWindows } from "../sample/media-windows.js";
import type { ParticipantLabels, Sample } from "../sample/sample.js";
import type { Expect } from "../sample/window-from-totals.js";
import { anyAbort } from "./any-abort.js";
import type { Failure } from "./failure.js";
import { JoinAttempt } from "./join-attempt.js";
import type { PresenceListener } from "./presence.js";
import { ReconnectWatch } from "./reconnect-watch.js";

const statsEveryMs = 1000;

/** Everything a participant needs of its worker. */
export interface ParticipantContext {
	readonly clock: Clock;
	/** Epoch milliseconds at which the plan's time 0 lies. */
	readonly startAtMs: number;
	readonly settings: {
		readonly tlsInsecure: boolean;
		readonly turnCaPem?: string;
		readonly media: boolean;
		readonly dtx: boolean;
		readonly connectMs: number;
		readonly leaveMs: number;
	};
	engineFor(life: Life): Engine;
	/** @throws JoinError of stage `credentials` */
	tokenFor(life: Life): Promise<{ token: string; url: string; identity: string }>;
	/** @throws JoinError of stage `credentials` */
	iceServersFor(life: Life): Promise<readonly IceServer[]>;
	/** What this life publishes, if it does. */
	pcmFor(life: Life): PcmSource | undefined;
	/** What a listener may expect to hear of a publisher now. */
	readonly expectation: Expect;
	readonly longestPauseMs: number;
	/** Runs joins, so many at a time. */
	limit<T>(join: () => Promise<T>): Promise<T>;
	emit(sample: Sample, life: Life): void;
	tell(event: RunEvent): void;
	onServer(version: string): void;
	/** Told of everybody who is in the room. */
	readonly presences?: PresenceListener;
	/** Interrupt what is left: every wait below hangs on it. */
	readonly interrupt: AbortSignal;
}

/**
 * Lives one planned life from its scheduled start to its end. Emits exactly one of failed, lost and left
 * for a life that began, unless it is interrupted while joining. Never rejects.
 */
export async function liveLife(life: Life, context: ParticipantContext): Promise<void> {
	const { clock } = context;
	const joined = await context.limit(async () => {
		if (context.interrupt.aborted) return undefined;
		const lateMs = Math.max(0, clock.nowMs() - context.startAtMs - life.startMs);
		context.emit({ kind: "begun", labels: labelsOf(life), lateMs }, life);
		return joinRoom(life, context);
	});
	if (joined) await stay(life, joined, context);
}

interface Joined {
	readonly participant: EngineParticipant;
	readonly attempt: JoinAttempt;
	readonly reconnects: ReconnectWatch;
	readonly joinedAtMs: number;
}

async function joinRoom(life: Life, context: ParticipantContext): Promise<Joined | undefined> {
	const { clock, settings } = context;
	const labels = labelsOf(life);
	const emit = (sample: Sample) => context.emit(sample, life);
	const attempt = new JoinAttempt({
		clock,
		labels,
		scheduledAtMs: context.startAtMs + life.startMs,
		deadlineMs: clock.nowMs() + settings.connectMs,
		wantsToSend: settings.media && life.seat.role !== "subscriber",
		wantsToReceive: settings.media && life.seat.subscribe !== 0,
		wantsToSendData: life.seat.data !== undefined,
		interrupt: context.interrupt,
		emit,
	});
	const ref = { seat: life.seat.index, life: life.number };
	const reconnects = new ReconnectWatch(labels, ref, { emit, tell: context.tell });
	const observer = attempt.observe({
		onReconnecting: (atMs, kind) => reconnects.begin(atMs, kind),
		onReconnected: (atMs) => reconnects.end(atMs),
		onServer: context.onServer,
	});
	let participant: EngineParticipant | undefined;
	try {
		const order = await attempt.unlessEnded(orderFor(life, context, attempt.signal));
		attempt.hasCredentials();
		const joining = context.engineFor(life).join(order, observer);
		// An engine that only comes round after the end of the attempt has let somebody in: out again.
		participant = await attempt.unlessEnded(joining, (late) => void leave(late));
		const pairs = await attempt.unlessEnded(participant.candidatePairs());
		const violation = policyViolation(order, pairs);
		if (violation) throw new JoinError(violation);
		attempt.connected();
		await attempt.settled();
		for (const pair of pairs) emit({ kind: "pair", labels, pair });
		const connectMs = clock.nowMs() - attempt.scheduledAtMs;
		emit({ kind: "joined", labels });
		context.tell({ kind: "life-joined", atMs: clock.nowMs(), ...ref, connectMs });
		return { participant, attempt, reconnects, joinedAtMs: clock.nowMs() };
	} catch (error) {
		const failure = attempt.failureOf(error);
		attempt.close();
		if (participant) void leave(participant);
		reconnects.abandon();
		// Interrupted by us: the life counts as unfinished, not as a failure of the server.
		if (context.interrupt.aborted) return undefined;
		const { stage, cause } = failure;
		emit({ kind: "failed", labels, stage, cause });
		context.tell({
			kind: "life-failed",
			atMs: clock.nowMs(),
			...ref,
			engine: labels.engine,
			...factsOf(failure),
		});
		return undefined;
	}
}

/** From joined to the planned end, an interrupt, or the loss of the connection. */
async function stay(life: Life, joined: Joined, context: ParticipantContext): Promise<void> {
	const { clock, interrupt } = context;
	const { participant, attempt } = joined;
	const labels = labelsOf(life);
	const emit = (sample: Sample) => context.emit(sample, life);
	const endAtMs = context.startAtMs + life.endMs;
	const dismissed = new AbortController();
	const { signal: over, release } = anyAbort([interrupt, attempt.disconnected, dismissed.signal]);
	context.presences?.onPresent({
		...{ life, participant },
		isReconnecting: () => joined.reconnects.isUnderWay,
		dismiss: () => dismissed.abort(),
	});
	const windows = new MediaWindows(context);
	let lastAtMs = joined.joinedAtMs;
	const measure = async () => {
		if (!context.settings.media) return;
		const totals = await participant.mediaTotals().catch(() => undefined);
		const nowMs = clock.nowMs();
		if (!totals || nowMs <= lastAtMs) return;
		emit({ kind: "media", labels, window: windows.next(totals, nowMs - lastAtMs) });
		lastAtMs = nowMs;
	};
	for (let atMs = joined.joinedAtMs + statsEveryMs; atMs < endAtMs && !over.aborted; ) {
		await clock.sleepUntil(atMs, over);
		if (over.aborted) break;
		await measure();
		atMs = Math.max(atMs + statsEveryMs, clock.nowMs());
	}
	await clock.sleepUntil(endAtMs, over);
	release();
	const loss = attempt.lossReason();
	context.presences?.onAbsent(life, loss ? "lost" : "left");
	joined.reconnects.abandon();
	await measure();
	if (loss) {
		emit({ kind: "lost", labels, cause: loss.cause });
		const ref = { seat: life.seat.index, life: life.number };
		context.tell({ kind: "life-lost", atMs: clock.nowMs(), ...ref, ...loss });
	}
	attempt.close();
	await leave(participant);
	if (!loss) emit({ kind: "left", labels });
}

/** A leave that fails ends the participant all the same. */
async function leave(participant: EngineParticipant): Promise<void> {
	await participant.leave().catch(() => {});
}

async function orderFor(
	life: Life,
	context: ParticipantContext,
	signal: AbortSignal,
): Promise<JoinOrder> {
	const { settings } = context;
	const { ice, subscribe, data, hearsData } = life.seat;
	const [access, iceServers] = await Promise.all([
		context.tokenFor(life),
		isRelayPolicy(ice) ? context.iceServersFor(life) : [],
	]);
	const pcm = settings.media ? context.pcmFor(life) : undefined;
	return {
		...access,
		icePolicy: ice,
		iceServers,
		...(settings.turnCaPem === undefined ? {} : { turnCaPem: settings.turnCaPem }),
		tlsInsecure: settings.tlsInsecure,
		media: settings.media,
		...(pcm ? { publish: pcm } : {}),
		mediaZeroAtMs: context.startAtMs,
		leaveWithinMs: settings.leaveMs,
		dtx: settings.dtx,
		subscribe: settings.media ? subscribe : 0,
		...(data && { data }),
		...(hearsData && { hearsData }),
		signal,
	};
}

function policyViolation(
	{ icePolicy }: JoinOrder,
	pairs: Awaited<ReturnType<EngineParticipant["candidatePairs"]>>,
): Failure | undefined {
	for (const pair of pairs) {
		const detail = violates(icePolicy, pair);
		if (detail) return { stage: "ice", cause: "policy-violation", detail };
	}
	if (pairs.length > 0) return undefined;
	return {
		stage: "ice",
		cause: "policy-violation",
		detail: "no selected pair could be read to prove the policy",
	};
}

function labelsOf({ seat }: Life): ParticipantLabels {
	return { engine: seat.engine, ice: seat.ice, role: seat.role };
}

function factsOf({ stage, cause, detail }: Failure): Failure {
	return { stage, cause, detail: redact(detail) };
}
