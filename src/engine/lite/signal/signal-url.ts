import type { ReconnectReason } from "@livekit/protocol";

/**
 * 16: the newest of which this client handles all it promises (17 is video packet trailers;
 * livekit-server, pkg/rtc/types/protocol_version.go).
 */
const protocolVersion = 16;

/** Takes the place of a lost socket of the same session. */
export interface ResumeOf {
	readonly participantSid: string;
	readonly reason: ReconnectReason;
}

export interface SignalUrlOrder {
	/** ws, wss, http or https; a path below which the server lies is kept. */
	readonly url: string;
	readonly autoSubscribe: boolean;
	/** Our own version, for the server's log. */
	readonly clientVersion: string;
	readonly resume?: ResumeOf | undefined;
}

/**
 * The address of a participant's signalling socket. It holds no secret: the token goes into the
 * Authorization header, which every livekit-server reads first, and so stays out of proxies' logs.
 *
 * `/rtc` and not `/rtc/v1`: the server takes the newer path for one peer connection both ways, and this client
 * has one for each direction, as all servers from v1.7 to v1.13 know it. No `sdk` of LiveKit's list is
 * claimed: the server switches behaviour by it (codec changes, SCTP without checksum) that is not ours.
 */
export function signalUrl(order: SignalUrlOrder): string {
	const url = new URL(order.url);
	url.protocol = url.protocol.replace(/^http/, "ws");
	url.pathname = `${url.pathname.replace(/\/$/, "")}/rtc`;
	url.hash = "";
	// A user name in an address would be sent as a second Authorization header.
	url.username = "";
	url.password = "";
	const query: Record<string, string> = {
		auto_subscribe: order.autoSubscribe ? "1" : "0",
		adaptive_stream: "0",
		protocol: String(protocolVersion),
		sdk: "livesoak",
		version: order.clientVersion,
	};
	if (order.resume) {
		query.reconnect = "1";
		query.sid = order.resume.participantSid;
		query.reconnect_reason = String(order.resume.reason);
	}
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return url.href;
}
