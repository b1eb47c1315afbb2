import { ClientConfigSetting, type JoinResponse, type ReconnectResponse } from "@livekit/protocol";
import { startHeartbeat } from "./heartbeat.js";
import { leaveRequest } from "./request.js";
import { disconnected, joinFailed } from "./signal-reconnect.js";
import type { Session, SignalState, SignalStep } from "./signal-state.js";
import { unsupportedVersion } from "./supported-version.js";

/** What a server that names no times is held to: livekit-server's own (pkg/rtc/participant.go). */
const defaultPing = { intervalS: 5, timeoutS: 15 };

/** The server let us in: for the first time, or anew after a restart. */
export function onJoin(state: SignalState, join: JoinResponse, nowMs: number): SignalStep {
	const { phase } = state;
	const isFirst = phase.name === "connecting";
	const isRestart =
		(phase.name === "restarting" || phase.name === "resuming") && phase.progress.step === "opening";
	if (!isFirst && !isRestart) return { state, effects: [] };
	const unsupported = unsupportedVersion(join.serverInfo?.version || join.serverVersion);
	if (unsupported) {
		const failure = { cause: "server-error", detail: unsupported } as const;
		const step = isFirst
			? joinFailed(state, { stage: "joined", ...failure })
			: disconnected(state, failure);
		return { ...step, effects: [{ do: "send", request: leaveRequest() }, ...step.effects] };
	}
	const session = sessionOf(join, state.limits.mayResume);
	const heartbeat = startHeartbeat(session, nowMs);
	if (isFirst) {
		return {
			state: { ...state, session, phase: { name: "joined", heartbeat } },
			effects: [{ do: "joined", join, isRestart: false }],
		};
	}
	const { reason, attempt } = phase;
	const deadlineMs = nowMs + state.limits.recoverWithinMs;
	const progress = { step: "recovering", deadlineMs, heartbeat } as const;
	return {
		state: {
			...state,
			session,
			held: [],
			phase: { name: "restarting", reason, attempt, progress },
		},
		effects: [{ do: "joined", join, isRestart: true }],
	};
}

/** The server took the socket for the session; what was held back goes out after the engine's sync state. */
export function onReconnect(
	state: SignalState,
	reconnect: ReconnectResponse,
	nowMs: number,
): SignalStep {
	const { phase, session } = state;
	if (phase.name !== "resuming" || phase.progress.step !== "opening" || !session) {
		return { state, effects: [] };
	}
	const heartbeat = startHeartbeat(session, nowMs);
	const deadlineMs = nowMs + state.limits.recoverWithinMs;
	const progress = { step: "recovering", deadlineMs, heartbeat } as const;
	const { held } = state;
	return {
		state: { ...state, held: [], phase: { ...phase, progress } },
		effects: [
			{ do: "resumed", reconnect },
			...held.map((request) => ({ do: "send", request }) as const),
		],
	};
}

function sessionOf(join: JoinResponse, mayResume: boolean): Session {
	return {
		participantSid: join.participant?.sid ?? "",
		pingIntervalMs: 1000 * (join.pingInterval || defaultPing.intervalS),
		pingTimeoutMs: 1000 * (join.pingTimeout || defaultPing.timeoutS),
		mayResume:
			mayResume && join.clientConfiguration?.resumeConnection !== ClientConfigSetting.DISABLED,
	};
}
