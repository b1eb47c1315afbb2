import {
	ClientConfigSetting,
	ClientConfiguration,
	DisconnectReason,
	JoinResponse,
	LeaveRequest,
	LeaveRequest_Action,
	ParticipantInfo,
	Pong,
	ReconnectResponse,
	ServerInfo,
	SignalResponse,
} from "@livekit/protocol";
import {
	beginSignal,
	nextWakeMs,
	type SignalEffect,
	type SignalEvent,
	type SignalState,
} from "../../../../../src/engine/lite/signal/signal-state.js";
import { stepSignal } from "../../../../../src/engine/lite/signal/signal-step.js";

/** The machine in virtual time, with all its effects so far. */
export class Drive {
	state: SignalState;
	nowMs = 1_000_000;
	readonly effects: SignalEffect[] = [];

	constructor(mayResume = true) {
		const limits = { openWithinMs: 15_000, recoverWithinMs: 15_000, spread: 0, mayResume };
		this.state = beginSignal("token-1", limits);
	}

	/** @returns what this event had done, in short */
	step(event: SignalEvent): string[] {
		const { state, effects } = stepSignal(this.state, event, this.nowMs);
		this.state = state;
		this.effects.push(...effects);
		return effects.map(short);
	}

	response(message: SignalResponse["message"]): string[] {
		return this.step({ kind: "response", response: new SignalResponse({ message }) });
	}

	/** Time goes by, with a `time` event wherever the machine asked for one. */
	pass(ms: number): string[] {
		const endMs = this.nowMs + ms;
		const done: string[] = [];
		for (let at = nextWakeMs(this.state); at !== undefined && at <= endMs; ) {
			this.nowMs = Math.max(this.nowMs, at);
			done.push(...this.step({ kind: "time" }));
			at = nextWakeMs(this.state);
		}
		this.nowMs = endMs;
		return done;
	}

	/** Started, and let in. */
	joined(join: Partial<JoinResponse> = {}): this {
		this.step({ kind: "start" });
		this.step({ kind: "open" });
		this.response({ case: "join", value: joinResponse(join) });
		return this;
	}
}

export function joinResponse(over: Partial<JoinResponse> = {}): JoinResponse {
	return new JoinResponse({
		participant: new ParticipantInfo({ sid: "PA_one", identity: "ann" }),
		serverInfo: new ServerInfo({ version: "1.13.5" }),
		pingInterval: 5,
		pingTimeout: 15,
		...over,
	});
}

export const noResume = new ClientConfiguration({ resumeConnection: ClientConfigSetting.DISABLED });

export const reconnectMessage = {
	case: "reconnect" as const,
	value: new ReconnectResponse(),
};

export function leaveMessage(action: LeaveRequest_Action, reason: DisconnectReason) {
	return { case: "leave" as const, value: new LeaveRequest({ action, reason }) };
}

export const told = {
	disconnect: leaveMessage(LeaveRequest_Action.DISCONNECT, DisconnectReason.ROOM_DELETED),
	resume: leaveMessage(LeaveRequest_Action.RESUME, DisconnectReason.CONNECTION_TIMEOUT),
	restart: leaveMessage(LeaveRequest_Action.RECONNECT, DisconnectReason.STATE_MISMATCH),
};

export function pongTo(atMs: number): SignalResponse["message"] {
	return { case: "pongResp", value: new Pong({ lastPingTimestamp: BigInt(Math.floor(atMs)) }) };
}

function short(effect: SignalEffect): string {
	switch (effect.do) {
		case "open":
			return effect.resume ? `open resume ${effect.resume.participantSid}` : "open";
		case "send":
			return `send ${effect.request.message.case}`;
		case "deliver":
			return `deliver ${effect.response.message.case}`;
		case "joined":
			return effect.isRestart ? "joined anew" : "joined";
		case "reconnecting":
		case "reconnected":
			return `${effect.do} ${effect.how}`;
		case "join-failed":
			return `join-failed ${effect.failure.stage} ${effect.failure.cause}: ${effect.failure.detail}`;
		case "disconnected":
			return `disconnected ${effect.failure.cause}: ${effect.failure.detail}`;
		case "pong":
			return `pong ${effect.rttMs}`;
		default:
			return effect.do;
	}
}
