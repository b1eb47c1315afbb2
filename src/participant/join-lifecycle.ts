import type { IcePolicy } from "../ice/policy.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import type { Stage } from "../sample/stage.js";
import type { Failure } from "./failure.js";

/**
 * One join as a pure state machine: events and time in, state out. A life is joined when all that was asked
 * of it works: connected, its first RTP sent (if it publishes), the first remote RTP received (if there was
 * something to hear when it came). Until then it is joining, and after `deadlineMs` it has failed, once.
 */
export interface JoinState {
	readonly icePolicy: IcePolicy;
	readonly wantsToSend: boolean;
	/** Whether it subscribes; what it must receive is known with the welcome. */
	readonly wantsToReceive: boolean;
	readonly deadlineMs: number;
	/** Remote audio was there to be heard when the server let us in. */
	readonly mediaExpected: boolean;
	readonly connected: boolean;
	readonly reached: ReadonlyMap<Stage, number>;
	readonly outcome?:
		| { readonly kind: "joined" }
		| { readonly kind: "failed"; readonly failure: Failure };
}

export type JoinEvent =
	| { readonly kind: "welcome"; readonly remoteAudioTracks: number }
	| { readonly kind: "stage"; readonly stage: Stage; readonly atMs: number }
	/** The engine's join resolved and its candidate pairs keep the policy. */
	| { readonly kind: "connected" }
	| { readonly kind: "failed"; readonly failure: Failure }
	/** Time passed. */
	| { readonly kind: "time" };

export function beginJoin(order: {
	icePolicy: IcePolicy;
	wantsToSend: boolean;
	wantsToReceive: boolean;
	deadlineMs: number;
}): JoinState {
	return { ...order, mediaExpected: false, connected: false, reached: new Map() };
}

/** The next state. Nothing changes an outcome; stages still count after it (`heard` comes late). */
export function stepJoin(state: JoinState, event: JoinEvent, nowMs: number): JoinState {
	return decide(apply(state, event), nowMs);
}

function apply(state: JoinState, event: JoinEvent): JoinState {
	switch (event.kind) {
		case "welcome":
			return { ...state, mediaExpected: state.wantsToReceive && event.remoteAudioTracks > 0 };
		case "stage":
			if (state.reached.has(event.stage)) return state;
			return { ...state, reached: new Map(state.reached).set(event.stage, event.atMs) };
		case "connected":
			return { ...state, connected: true };
		case "failed":
			if (state.outcome) return state;
			return { ...state, outcome: { kind: "failed", failure: event.failure } };
		case "time":
			return state;
	}
}

function decide(state: JoinState, nowMs: number): JoinState {
	if (state.outcome) return state;
	if (state.connected && !missingMedia(state)) return { ...state, outcome: { kind: "joined" } };
	if (nowMs < state.deadlineMs) return state;
	return { ...state, outcome: { kind: "failed", failure: timeoutFailure(state) } };
}

/** The media stage that a connected participant still owes. */
function missingMedia(state: JoinState): "published" | "media" | undefined {
	if (state.wantsToSend && !state.reached.has("published")) return "published";
	return state.mediaExpected && !state.reached.has("media") ? "media" : undefined;
}

/** What a join that ran out of time was waiting for. */
function timeoutFailure(state: JoinState): Failure {
	const { reached, icePolicy } = state;
	if (!reached.has("socket")) {
		return { stage: "socket", cause: "timeout", detail: "the WebSocket did not open in time" };
	}
	if (!reached.has("joined")) {
		return { stage: "joined", cause: "timeout", detail: "no JoinResponse came in time" };
	}
	const missing = missingMedia(state);
	if (state.connected && missing === "published") {
		return { stage: "published", cause: "no-rtp-sent", detail: "no RTP packet was sent in time" };
	}
	if (state.connected && missing === "media") {
		const detail = "remote tracks were announced, no RTP packet came in time";
		return { stage: "media", cause: "no-rtp-received", detail };
	}
	if (!reached.has("gathered")) {
		const detail = `no ${icePolicy} candidate was gathered in time`;
		return { stage: "ice", cause: noCandidateCause(icePolicy), detail };
	}
	const detail = "candidates were exchanged, no pair connected in time";
	return { stage: "ice", cause: "no-nominated-pair", detail };
}

/** The cause where not one local candidate of the wanted kind was found. */
export function noCandidateCause(policy: IcePolicy): Failure["cause"] {
	if (isRelayPolicy(policy)) return "no-relay-candidate";
	return policy === "tcp" ? "no-tcp-candidate" : "no-host-candidate";
}
