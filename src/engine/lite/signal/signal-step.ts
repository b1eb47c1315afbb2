import { type LeaveRequest, ReconnectReason, type SignalResponse } from "@livekit/protocol";
import type { Failure } from "../../../participant/failure.js";
import { beat, heard, rttOf } from "./heartbeat.js";
import { afterLeave, leaveCause } from "./leave-cause.js";
import { mayWait } from "./request.js";
import { disconnected, goodbye, joinFailed, open, retry, startOver } from "./signal-reconnect.js";
import { onJoin, onReconnect } from "./signal-session.js";
import {
	type Heartbeat,
	heartbeatOf,
	type SignalEvent,
	type SignalState,
	type SignalStep,
} from "./signal-state.js";

const lost = ReconnectReason.RR_SIGNAL_DISCONNECTED;

/** The next state and what is to be done. Nothing follows on `left`. */
export function stepSignal(state: SignalState, event: SignalEvent, nowMs: number): SignalStep {
	if (state.phase.name === "left") return { state, effects: [] };
	switch (event.kind) {
		case "start": {
			if (state.phase.name !== "idle") return { state, effects: [] };
			const deadlineMs = nowMs + state.limits.openWithinMs;
			const phase = { name: "connecting", deadlineMs, isOpen: false } as const;
			return { state: { ...state, phase }, effects: [{ do: "open" }] };
		}
		case "open":
			if (state.phase.name !== "connecting") return { state, effects: [] };
			return { state: { ...state, phase: { ...state.phase, isOpen: true } }, effects: [] };
		case "open-failed":
			return onOpenFailed(state, event.failure, nowMs);
		case "closed":
			return onClosed(state, event.detail, nowMs);
		case "malformed":
			return { state: count(state, "malformed"), effects: [] };
		case "response":
			return onResponse(state, event.response, nowMs);
		case "request": {
			const { request } = event;
			if (heartbeatOf(state)) return { state, effects: [{ do: "send", request }] };
			const isHeld = state.phase.name === "resuming" && mayWait(request);
			return { state: isHeld ? { ...state, held: [...state.held, request] } : state, effects: [] };
		}
		case "reconnect":
			return onReconnectWish(state, event, nowMs);
		case "recovered": {
			const { phase } = state;
			if (phase.name !== "resuming" && phase.name !== "restarting") return { state, effects: [] };
			if (phase.progress.step !== "recovering") return { state, effects: [] };
			const { heartbeat } = phase.progress;
			return {
				state: { ...state, phase: { name: "joined", heartbeat } },
				effects: [{ do: "reconnected", how: phase.name === "resuming" ? "resume" : "restart" }],
			};
		}
		case "leave": {
			return {
				state: { ...state, phase: { name: "left" }, held: [] },
				effects: [...goodbye(state), { do: "close" }],
			};
		}
		case "time":
			return onTime(state, nowMs);
	}
}

function withHeartbeat(state: SignalState, heartbeat: Heartbeat): SignalState {
	const { phase } = state;
	if (phase.name === "joined") return { ...state, phase: { ...phase, heartbeat } };
	if (phase.name !== "resuming" && phase.name !== "restarting") return state;
	if (phase.progress.step !== "recovering") return state;
	return { ...state, phase: { ...phase, progress: { ...phase.progress, heartbeat } } };
}

function count(state: SignalState, name: string): SignalState {
	const unhandled = new Map(state.unhandled);
	unhandled.set(name, (unhandled.get(name) ?? 0) + 1);
	return { ...state, unhandled };
}

function onOpenFailed(state: SignalState, failure: Failure, nowMs: number): SignalStep {
	const { phase } = state;
	if (phase.name === "connecting") return joinFailed(state, failure);
	if (phase.name !== "resuming" && phase.name !== "restarting") return { state, effects: [] };
	const { cause, detail } = failure;
	// The server knows us and says no: asking again with the same token changes nothing.
	if (cause === "unauthorized" || cause === "forbidden" || cause === "not-found") {
		return disconnected(state, { cause, detail: `reconnect refused: ${detail}` });
	}
	return retry(state, phase, { cause, detail }, nowMs);
}

function onClosed(state: SignalState, detail: string, nowMs: number): SignalStep {
	const { phase } = state;
	if (phase.name === "connecting") {
		return joinFailed(state, { stage: "joined", cause: "websocket", detail });
	}
	if (phase.name === "joined") return startOver(state, "resume", lost, nowMs);
	if (phase.name !== "resuming" && phase.name !== "restarting") return { state, effects: [] };
	return retry(state, phase, { cause: "websocket", detail }, nowMs);
}

function onResponse(before: SignalState, response: SignalResponse, nowMs: number): SignalStep {
	const beating = heartbeatOf(before);
	const state =
		beating && before.session
			? withHeartbeat(before, heard(beating, before.session, nowMs))
			: before;
	const { message } = response;
	switch (message.case) {
		case "join":
			return onJoin(state, message.value, nowMs);
		case "reconnect":
			return onReconnect(state, message.value, nowMs);
		case "leave":
			return onLeave(state, message.value, nowMs);
		case "refreshToken":
			return { state: { ...state, token: message.value }, effects: [] };
		case "roomMoved": {
			const { token, participant } = message.value;
			const { session } = state;
			const moved =
				session && participant ? { ...session, participantSid: participant.sid } : session;
			return {
				state: { ...state, token: token || state.token, ...(moved ? { session: moved } : {}) },
				effects: [{ do: "deliver", response }],
			};
		}
		case "pongResp": {
			const heartbeat = heartbeatOf(state);
			const rttMs = heartbeat && rttOf(heartbeat, message.value, nowMs);
			if (!heartbeat || rttMs === undefined) return { state, effects: [] };
			const lastRttMs = rttMs;
			return {
				state: withHeartbeat(state, { ...heartbeat, lastRttMs }),
				effects: [{ do: "pong", rttMs }],
			};
		}
		case "offer":
		case "answer":
		case "trickle":
		case "update":
		case "trackPublished":
		case "trackUnpublished":
		case "trackSubscribed":
		case "mute":
		case "speakersChanged":
		case "roomUpdate":
		case "connectionQuality":
		case "subscriptionPermissionUpdate":
		case "subscriptionResponse":
		case "requestResponse":
			return { state, effects: [{ do: "deliver", response }] };
		default:
			return { state: count(state, message.case ?? "unknown"), effects: [] };
	}
}

function onLeave(state: SignalState, leave: LeaveRequest, nowMs: number): SignalStep {
	const { phase } = state;
	const { cause, detail } = leaveCause(leave);
	if (phase.name === "connecting") {
		// Sent out before we were let in: the server could not handle us, unless it says better.
		const joinCause = cause === "disconnected" ? "server-error" : cause;
		return joinFailed(state, { stage: "joined", cause: joinCause, detail });
	}
	const wish = afterLeave(leave);
	if (wish === "end") return disconnected(state, { cause, detail });
	if (phase.name === "resuming" || phase.name === "restarting") {
		if (phase.name === "resuming" && wish === "restart" && phase.progress.step === "opening") {
			// Refused to resume: join anew, at once, within the same reconnect.
			return retry(state, phase, { cause, detail }, nowMs, "restart", "at once");
		}
		return retry(state, phase, { cause, detail }, nowMs, wish);
	}
	return startOver(state, wish, ReconnectReason.RR_UNKNOWN, nowMs);
}

function onReconnectWish(
	state: SignalState,
	{ how, reason }: { how: "resume" | "restart"; reason: ReconnectReason },
	nowMs: number,
): SignalStep {
	const { phase } = state;
	if (phase.name === "joined") return startOver(state, how, reason, nowMs);
	if (phase.name !== "resuming" && phase.name !== "restarting") return { state, effects: [] };
	const isNews = phase.name === "resuming" && how === "restart";
	// An attempt that is under way already does what is wished.
	if (phase.progress.step !== "recovering" && !isNews) return { state, effects: [] };
	const failure = {
		cause: "disconnected",
		detail: "the peer connections did not come back",
	} as const;
	return retry(state, phase, failure, nowMs, how);
}

function onTime(state: SignalState, nowMs: number): SignalStep {
	const { phase } = state;
	if (phase.name === "connecting") {
		if (nowMs < phase.deadlineMs) return { state, effects: [] };
		const failure: Failure = phase.isOpen
			? { stage: "joined", cause: "timeout", detail: "no JoinResponse came in time" }
			: { stage: "socket", cause: "timeout", detail: "the WebSocket did not open in time" };
		return joinFailed(state, failure);
	}
	if (phase.name === "resuming" || phase.name === "restarting") {
		const { progress } = phase;
		if (progress.step === "pausing") {
			if (nowMs < progress.untilMs) return { state, effects: [] };
			return open(state, phase, nowMs);
		}
		if (nowMs >= progress.deadlineMs) {
			const isOpening = progress.step === "opening";
			const detail = isOpening
				? "no answer to the reconnect came in time"
				: "the peer connections did not come back in time";
			// Peer connections that a resume could not save need new ones.
			return retry(
				state,
				phase,
				{ cause: "timeout", detail },
				nowMs,
				isOpening ? undefined : "restart",
			);
		}
	}
	const heartbeat = heartbeatOf(state);
	if (!heartbeat || !state.session) return { state, effects: [] };
	const { heartbeat: next, ping, isSilent } = beat(heartbeat, state.session, nowMs);
	if (isSilent)
		return onClosed(state, "the server was silent for longer than its ping timeout", nowMs);
	return {
		state: withHeartbeat(state, next),
		effects: ping ? [{ do: "send", request: ping }] : [],
	};
}
