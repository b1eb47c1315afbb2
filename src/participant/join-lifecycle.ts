import type { IcePolicy } from "../ice/policy.js";
import type { ConnectStage } from "../sample/stage.js";
import { type Failure, noCandidateCause } from "./failure.js";

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
	/** Its token and, under a relay policy, its TURN servers are there. */
	readonly hasCredentials: boolean;
	/** Remote audio was there to be heard when the server let us in, and has not ended before any of it came. */
	readonly mediaExpected: boolean;
	readonly connected: boolean;
	readonly reached: ReadonlyMap<ConnectStage, number>;
	readonly outcome?:
		| { readonly kind: "joined" }
		| { readonly kind: "failed"; readonly failure: Failure };
}

export type JoinEvent =
	| { readonly kind: "credentials" }
	| { readonly kind: "welcome"; readonly remoteAudioTracks: number }
	/** All remote audio has ended. */
	| { readonly kind: "nothing-to-hear" }
	| { readonly kind: "stage"; readonly stage: ConnectStage; readonly atMs: number }
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
	const nothingYet = { hasCredentials: false, mediaExpected: false, connected: false };
	return { ...order, ...nothingYet, reached: new Map() };
}

/**
 * The next state. Nothing changes an outcome; stages still count after it (`heard` comes late). From the
 * deadline on it is too late for any event: how late the driver's timer fires decides nothing.
 */
export function stepJoin(state: JoinState, event: JoinEvent, nowMs: number): JoinState {
	return decide(apply(expire(state, nowMs), event));
}

function expire(state: JoinState, nowMs: number): JoinState {
	if (state.outcome || nowMs < state.deadlineMs) return state;
	return { ...state, outcome: { kind: "failed", failure: timeoutFailure(state) } };
}

function apply(state: JoinState, event: JoinEvent): JoinState {
	switch (event.kind) {
		case "credentials":
			return { ...state, hasCredentials: true };
		case "welcome":
			return { ...state, mediaExpected: state.wantsToReceive && event.remoteAudioTracks > 0 };
		case "nothing-to-hear":
			return state.reached.has("media") ? state : { ...state, mediaExpected: false };
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

function decide(state: JoinState): JoinState {
	if (state.outcome || !state.connected || missingMedia(state)) return state;
	return { ...state, outcome: { kind: "joined" } };
}

/** The media stage that is still owed. */
function missingMedia(state: JoinState): "published" | "media" | undefined {
	if (state.wantsToSend && !state.reached.has("published")) return "published";
	return state.mediaExpected && !state.reached.has("media") ? "media" : undefined;
}

/** The first thing that a join that ran out of time was waiting for; a later stage proves the earlier ones. */
function timeoutFailure(state: JoinState): Failure {
	const { reached, icePolicy } = state;
	const isTransportUp = state.connected || reached.has("dtls");
	const isIceDone = isTransportUp || reached.has("ice");
	const isJoined = isIceDone || reached.has("joined") || reached.has("gathered");
	if (!isJoined) return signallingTimeout(state);
	if (!isIceDone && !reached.has("gathered")) {
		const detail = `no ${icePolicy} candidate was gathered in time`;
		return { stage: "ice", cause: noCandidateCause(icePolicy), detail };
	}
	if (!isIceDone) {
		const detail = `candidates were exchanged, no pair connected in time${butFor("ice", reached)}`;
		return { stage: "ice", cause: "no-nominated-pair", detail };
	}
	if (!isTransportUp) {
		const detail = `a candidate pair was nominated, DTLS did not finish in time${butFor("dtls", reached)}`;
		return { stage: "dtls", cause: "timeout", detail };
	}
	const missing = missingMedia(state);
	if (missing === "published") {
		return { stage: "published", cause: "no-rtp-sent", detail: "no RTP packet was sent in time" };
	}
	if (missing === "media") {
		const detail = "remote tracks were announced, no RTP packet came in time";
		return { stage: "media", cause: "no-rtp-received", detail };
	}
	const detail = "connected, but the selected pair could not be read in time";
	return { stage: "ice", cause: "timeout", detail };
}

/** One of two peer connections may have got there: that says where to look. */
function butFor(stage: "ice" | "dtls", reached: JoinState["reached"]): string {
	const peer = (["publisher", "subscriber"] as const).find((name) =>
		reached.has(`${stage}.${name}`),
	);
	return peer ? ` but on the ${peer}'s peer connection` : "";
}

function signallingTimeout({ hasCredentials, reached }: JoinState): Failure {
	if (reached.has("socket")) {
		return { stage: "joined", cause: "timeout", detail: "no JoinResponse came in time" };
	}
	return hasCredentials
		? { stage: "socket", cause: "timeout", detail: "the WebSocket did not open in time" }
		: { stage: "credentials", cause: "timeout", detail: "no credentials came in time" };
}
