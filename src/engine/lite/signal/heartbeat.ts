import { Ping, type Pong, SignalRequest } from "@livekit/protocol";
import type { Heartbeat, Session } from "./signal-state.js";

/**
 * After a stall of our own, frames that came in time still lie unread in the socket: before silence is
 * believed they get this long to be read.
 */
const readingMs = 1000;

export function startHeartbeat(session: Session, nowMs: number): Heartbeat {
	return {
		nextPingAtMs: nowMs + session.pingIntervalMs,
		silentAtMs: nowMs + session.pingTimeoutMs,
		isDoubted: false,
	};
}

/** Any response shows that the server is there, as in LiveKit's SDKs. */
export function heard(heartbeat: Heartbeat, session: Session, nowMs: number): Heartbeat {
	return { ...heartbeat, silentAtMs: nowMs + session.pingTimeoutMs, isDoubted: false };
}

/** The round trip that a pong closes, in ms; undefined where it answers another ping than the last. */
export function rttOf({ pingSentAtMs }: Heartbeat, pong: Pong, nowMs: number): number | undefined {
	if (pingSentAtMs === undefined) return undefined;
	const isLast = pong.lastPingTimestamp === BigInt(Math.floor(pingSentAtMs));
	return isLast ? Math.max(0, nowMs - pingSentAtMs) : undefined;
}

/** What time brings: a ping that is due, or the end of waiting for a silent server. */
export function beat(
	heartbeat: Heartbeat,
	session: Session,
	nowMs: number,
): { heartbeat: Heartbeat; ping?: SignalRequest; isSilent: boolean } {
	const lateMs = nowMs - heartbeat.silentAtMs;
	if (lateMs >= 0) {
		if (heartbeat.isDoubted && lateMs < readingMs) return { heartbeat, isSilent: true };
		const silentAtMs = nowMs + readingMs;
		return { heartbeat: { ...heartbeat, silentAtMs, isDoubted: true }, isSilent: false };
	}
	if (nowMs < heartbeat.nextPingAtMs) return { heartbeat, isSilent: false };
	const timestamp = BigInt(Math.floor(nowMs));
	const rtt = BigInt(Math.round(heartbeat.lastRttMs ?? 0));
	const value = new Ping({ timestamp, rtt });
	return {
		heartbeat: {
			...heartbeat,
			pingSentAtMs: nowMs,
			// After a stall one ping, not one for each that was missed.
			nextPingAtMs: nowMs + session.pingIntervalMs,
		},
		ping: new SignalRequest({ message: { case: "pingReq", value } }),
		isSilent: false,
	};
}
