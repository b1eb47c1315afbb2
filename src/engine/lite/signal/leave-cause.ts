import { DisconnectReason, type LeaveRequest, LeaveRequest_Action } from "@livekit/protocol";
import type { Failure, FailureCause } from "../../../participant/failure.js";

const causeByReason: Partial<Record<DisconnectReason, FailureCause>> = {
	[DisconnectReason.DUPLICATE_IDENTITY]: "duplicate-identity",
	[DisconnectReason.SERVER_SHUTDOWN]: "server-shutdown",
	[DisconnectReason.ROOM_DELETED]: "room-deleted",
	[DisconnectReason.ROOM_CLOSED]: "room-deleted",
	[DisconnectReason.JOIN_FAILURE]: "server-error",
	[DisconnectReason.CONNECTION_TIMEOUT]: "timeout",
};

/** Why the server sent us out, in its own words. */
export function leaveCause(leave: LeaveRequest): Omit<Failure, "stage"> {
	const cause = causeByReason[leave.reason] ?? "disconnected";
	return {
		cause,
		detail: `LiveKit: ${DisconnectReason[leave.reason] ?? `reason ${leave.reason}`}`,
	};
}

/**
 * What the server wants us to do after a leave. Servers before protocol 13 know no action: they say
 * `canReconnect`, which means a full reconnect.
 */
export function afterLeave(leave: LeaveRequest): "end" | "resume" | "restart" {
	switch (leave.action) {
		case LeaveRequest_Action.RESUME:
			return "resume";
		case LeaveRequest_Action.RECONNECT:
			return "restart";
		default:
			return leave.canReconnect ? "restart" : "end";
	}
}
