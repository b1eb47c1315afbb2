import type {
	JoinResponse,
	ReconnectReason,
	ReconnectResponse,
	SignalRequest,
	SignalResponse,
} from "@livekit/protocol";
import type { Failure } from "../../../participant/failure.js";
import type { ResumeOf } from "./signal-url.js";

/** `resume` keeps the session and its peer connections, `restart` joins anew. */
export type ReconnectKind = "resume" | "restart";

export interface SignalLimits {
	/** From asking for a socket to its first response, each time. */
	readonly openWithinMs: number;
	/** From the response to a reconnect until the peer connections are back, too. */
	readonly recoverWithinMs: number;
	/** This participant's share of the random part of the pauses, 0 to 1. */
	readonly spread: number;
	/** False where the peer connections cannot restart ICE, which is what a server does on every resume. */
	readonly mayResume: boolean;
}

/** LiveKit's SDKs wait 15 s for the socket and 15 s for the peer connections (client-sdk-js). */
export const sdkLimits = {
	openWithinMs: 15_000,
	recoverWithinMs: 15_000,
	mayResume: true,
} as const;

/** What the server said of the session at the last join. */
export interface Session {
	readonly participantSid: string;
	readonly pingIntervalMs: number;
	readonly pingTimeoutMs: number;
	/** Our limits or the server's client configuration may forbid it. */
	readonly mayResume: boolean;
}

/** The next ping and how long a silent server still counts as there. */
export interface Heartbeat {
	readonly nextPingAtMs: number;
	readonly silentAtMs: number;
	/** The server was silent for its whole time; what lies unread in the socket gets a last chance. */
	readonly isDoubted: boolean;
	/** When the last ping was sent: what its pong is held against. */
	readonly pingSentAtMs?: number;
	readonly lastRttMs?: number;
}

interface Reconnecting {
	readonly reason: ReconnectReason;
	/** From 0; counts through a reconnect, over resumes and restarts. */
	readonly attempt: number;
	readonly progress:
		| { readonly step: "pausing"; readonly untilMs: number }
		| { readonly step: "opening"; readonly deadlineMs: number }
		/** The server answered: until the engine says that its peer connections are back. */
		| { readonly step: "recovering"; readonly deadlineMs: number; readonly heartbeat: Heartbeat };
}

export type Phase =
	| { readonly name: "idle" }
	| { readonly name: "connecting"; readonly deadlineMs: number; readonly isOpen: boolean }
	| { readonly name: "joined"; readonly heartbeat: Heartbeat }
	| ({ readonly name: "resuming" } & Reconnecting)
	| ({ readonly name: "restarting" } & Reconnecting)
	| { readonly name: "left" };

/** The signalling of one participant as a pure state machine: events and time in, state and effects out. */
export interface SignalState {
	readonly limits: SignalLimits;
	readonly phase: Phase;
	/** There from the first JoinResponse on. */
	readonly session?: Session;
	/** The newest token: servers renew it while one is in. Never part of a text. */
	readonly token: string;
	/** Requests that wait for a resumed session, oldest first. */
	readonly held: readonly SignalRequest[];
	/** Responses that mean nothing to this client, by name; `unknown` and `malformed` had none. */
	readonly unhandled: ReadonlyMap<string, number>;
}

export type SignalEvent =
	| { readonly kind: "start" }
	/** The WebSocket is open. */
	| { readonly kind: "open" }
	/** No WebSocket came to be. */
	| { readonly kind: "open-failed"; readonly failure: Failure }
	/** The WebSocket that was open is gone. */
	| { readonly kind: "closed"; readonly detail: string }
	| { readonly kind: "response"; readonly response: SignalResponse }
	/** A frame that is no SignalResponse. */
	| { readonly kind: "malformed" }
	| { readonly kind: "request"; readonly request: SignalRequest }
	/** The engine's peer connections need it; a resume that they did not survive ends in a restart. */
	| { readonly kind: "reconnect"; readonly how: ReconnectKind; readonly reason: ReconnectReason }
	/** The engine's peer connections are back, too. */
	| { readonly kind: "recovered" }
	/** We go. */
	| { readonly kind: "leave" }
	/** Time passed. */
	| { readonly kind: "time" };

/** What the driver is to do, in this order. */
export type SignalEffect =
	/** Opens a socket with the state's token; an older one is closed and heard no more. */
	| { readonly do: "open"; readonly resume?: ResumeOf }
	| { readonly do: "close" }
	| { readonly do: "send"; readonly request: SignalRequest }
	| { readonly do: "deliver"; readonly response: SignalResponse }
	| { readonly do: "joined"; readonly join: JoinResponse; readonly isRestart: boolean }
	| { readonly do: "resumed"; readonly reconnect: ReconnectResponse }
	| { readonly do: "pong"; readonly rttMs: number }
	| { readonly do: "reconnecting"; readonly how: ReconnectKind }
	| { readonly do: "reconnected"; readonly how: ReconnectKind }
	/** The first join did not come to be. */
	| { readonly do: "join-failed"; readonly failure: Failure }
	/** The session ended without our asking. */
	| { readonly do: "disconnected"; readonly failure: Omit<Failure, "stage"> };

export interface SignalStep {
	readonly state: SignalState;
	readonly effects: readonly SignalEffect[];
}

export function beginSignal(token: string, limits: SignalLimits): SignalState {
	return { limits, token, phase: { name: "idle" }, held: [], unhandled: new Map() };
}

/** When the machine next needs a `time` event; undefined while only the outside can move it. */
export function nextWakeMs({ phase }: SignalState): number | undefined {
	switch (phase.name) {
		case "idle":
		case "left":
			return undefined;
		case "connecting":
			return phase.deadlineMs;
		case "joined":
			return beatAtMs(phase.heartbeat);
		case "resuming":
		case "restarting": {
			const { progress } = phase;
			if (progress.step === "pausing") return progress.untilMs;
			if (progress.step === "opening") return progress.deadlineMs;
			return Math.min(progress.deadlineMs, beatAtMs(progress.heartbeat));
		}
	}
}

/** The beating of a session whose socket is up; undefined while there is none. */
export function heartbeatOf({ phase }: SignalState): Heartbeat | undefined {
	if (phase.name === "joined") return phase.heartbeat;
	if (phase.name !== "resuming" && phase.name !== "restarting") return undefined;
	return phase.progress.step === "recovering" ? phase.progress.heartbeat : undefined;
}

function beatAtMs({ nextPingAtMs, silentAtMs }: Heartbeat): number {
	return Math.min(nextPingAtMs, silentAtMs);
}
