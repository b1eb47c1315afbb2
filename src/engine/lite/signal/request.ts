import {
	DisconnectReason,
	LeaveRequest,
	LeaveRequest_Action,
	SignalRequest,
} from "@livekit/protocol";

/** We go, for good. */
export function leaveRequest(): SignalRequest {
	const value = new LeaveRequest({
		reason: DisconnectReason.CLIENT_INITIATED,
		action: LeaveRequest_Action.DISCONNECT,
	});
	return new SignalRequest({ message: { case: "leave", value } });
}

/**
 * Whether a request still means the same after a resume. Descriptions and candidates do not: a resume makes
 * new ones. (client-sdk-js, passThroughQueueSignals, has the same line.)
 */
export function mayWait({ message }: SignalRequest): boolean {
	switch (message.case) {
		case "addTrack":
		case "mute":
		case "subscription":
		case "trackSetting":
			return true;
		default:
			return false;
	}
}
