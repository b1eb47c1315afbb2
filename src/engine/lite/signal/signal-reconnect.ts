import type { ReconnectReason } from "@livekit/protocol";
import type { Failure } from "../../../participant/failure.js";
import { pauseBefore } from "./back-off.js";
import { leaveRequest } from "./request.js";
import {
	heartbeatOf,
	type Phase,
	type ReconnectKind,
	type SignalEffect,
	type SignalState,
	type SignalStep,
} from "./signal-state.js";

type ReconnectPhase = Extract<Phase, { name: "resuming" | "restarting" }>;

/** Reconnecting begins: at once, and as a restart where the server forbids to resume. */
export function startOver(
	state: SignalState,
	how: ReconnectKind,
	reason: ReconnectReason,
	nowMs: number,
): SignalStep {
	const kind = state.session?.mayResume ? how : "restart";
	const untilMs = nowMs + (pauseBefore(0, state.limits.spread) ?? 0);
	const step = enter(state, kind, { reason, attempt: 0, progress: { step: "pausing", untilMs } });
	const begun: SignalEffect[] = [
		...(kind === "restart" ? goodbye(state) : []),
		{ do: "close" },
		{ do: "reconnecting", how: kind },
	];
	return openIfDue({ ...step, effects: [...begun, ...step.effects] }, nowMs);
}

/**
 * The next attempt of a reconnect that is under way, or its end after the last one.
 * @param how another kind from here on: a restart never turns back into a resume
 * @param pace `at once` spares the pause where the server itself said what to do
 */
export function retry(
	state: SignalState,
	phase: ReconnectPhase,
	failure: Omit<Failure, "stage">,
	nowMs: number,
	how?: ReconnectKind,
	pace?: "at once",
): SignalStep {
	const attempt = phase.attempt + 1;
	const pauseMs = pauseBefore(attempt, state.limits.spread);
	if (pauseMs === undefined) {
		const detail = `not reconnected in ${attempt} attempts; ${failure.detail}`;
		return disconnected(state, { cause: failure.cause, detail });
	}
	const wasResume = phase.name === "resuming";
	const kind = wasResume && how !== "restart" ? "resume" : "restart";
	const untilMs = pace === "at once" ? nowMs : nowMs + pauseMs;
	const { reason } = phase;
	const step = enter(state, kind, { reason, attempt, progress: { step: "pausing", untilMs } });
	const told: SignalEffect[] =
		wasResume && kind === "restart" ? [{ do: "reconnecting", how: kind }] : [];
	const farewell = kind === "restart" ? goodbye(state) : [];
	return openIfDue({ ...step, effects: [...farewell, { do: "close" }, ...told] }, nowMs);
}

/** The pause of an attempt is over: asks for the socket. */
export function open(state: SignalState, phase: ReconnectPhase, nowMs: number): SignalStep {
	const deadlineMs = nowMs + state.limits.openWithinMs;
	const progress = { step: "opening", deadlineMs } as const;
	const participantSid = state.session?.participantSid ?? "";
	const resume = { participantSid, reason: phase.reason };
	return {
		state: { ...state, phase: { ...phase, progress } },
		effects: [phase.name === "resuming" ? { do: "open", resume } : { do: "open" }],
	};
}

/** The first join failed: it is not tried again, because a load tester counts it. */
export function joinFailed(state: SignalState, failure: Failure): SignalStep {
	const effects: SignalEffect[] = [{ do: "close" }, { do: "join-failed", failure }];
	return { state: { ...state, phase: { name: "left" } }, effects };
}

/** Tells the server, where it can still be told, that this session is not coming back. */
export function goodbye(state: SignalState): SignalEffect[] {
	return heartbeatOf(state) ? [{ do: "send", request: leaveRequest() }] : [];
}

/** The session ended without our asking. */
export function disconnected(state: SignalState, failure: Omit<Failure, "stage">): SignalStep {
	const effects: SignalEffect[] = [{ do: "close" }, { do: "disconnected", failure }];
	return { state: { ...state, phase: { name: "left" }, held: [] }, effects };
}

/** A restart begins with nothing: requests of the old session are void. */
function enter(
	state: SignalState,
	how: ReconnectKind,
	rest: Omit<ReconnectPhase, "name">,
): SignalStep {
	if (how === "resume")
		return { state: { ...state, phase: { name: "resuming", ...rest } }, effects: [] };
	return { state: { ...state, held: [], phase: { name: "restarting", ...rest } }, effects: [] };
}

function openIfDue({ state, effects }: SignalStep, nowMs: number): SignalStep {
	const { phase } = state;
	if (phase.name !== "resuming" && phase.name !== "restarting") return { state, effects };
	if (phase.progress.step !== "pausing" || nowMs < phase.progress.untilMs)
		return { state, effects };
	const opened = open(state, phase, nowMs);
	return { state: opened.state, effects: [...effects, ...opened.effects] };
}
