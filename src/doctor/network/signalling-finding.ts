import { DisconnectReason } from "@livekit/protocol";
import { leaveCause } from "../../engine/lite/signal/leave-cause.js";
import { likelyFault, provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { type Refusal, refusalFinding } from "./refusal-finding.js";
import type { SignallingEnd } from "./signalling.js";

type Wrong = Omit<Finding, "evidence">;

const upgradeFix =
	'Have the proxy pass WebSockets on for /rtc: HTTP/1.1 to the backend, and the headers "Upgrade" and "Connection" (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade").';

/** Why an attempt to join, whose token `/rtc/validate` had taken, came to nothing. */
export function signallingFinding(
	end: Exclude<SignallingEnd, { kind: "joined" }>,
	apiKey: Refusal["apiKey"],
): Wrong {
	switch (end.kind) {
		case "no-upgrade":
			return refusalFinding({ ...end, apiKey }) ?? notUpgraded(end);
		case "failed":
			return failed(end);
		case "closed":
			return {
				...likelyFault,
				id: "signal.closed-early",
				title: `the WebSocket opens and is closed at once (code ${end.code}) before LiveKit says who joined`,
				cause:
					"A proxy takes the upgrade without passing its frames on, or livekit-server dies of the join.",
				fix: `Read livekit-server's log at the time of the join. ${upgradeFix}`,
			};
		case "silent":
			return {
				...likelyFault,
				id: "signal.no-join-response",
				title: "the WebSocket opens, and LiveKit never says that anybody joined",
				cause: "A proxy buffers the frames instead of passing them on, or livekit-server hangs.",
				fix: "Switch the proxy's buffering off for /rtc (nginx: proxy_buffering off), and read livekit-server's log.",
			};
		case "sent-away":
			return sentAway(end);
		case "not-livekit":
			return {
				...provenFault,
				id: "signal.not-livekit",
				title: "a WebSocket server answers at /rtc that does not speak LiveKit's protocol",
				cause: "What it sends is no SignalResponse: another service has this path.",
				fix: "Route /rtc to livekit-server, and to nothing else.",
			};
	}
}

function notUpgraded(end: Extract<SignallingEnd, { kind: "no-upgrade" }>): Wrong {
	const { status, server } = end;
	const who = server === undefined ? "" : ` by ${server}`;
	if (status === 401 || status === 403)
		return {
			...likelyFault,
			id: "signal.upgrade-refused",
			title: `the WebSocket upgrade is refused${who} (HTTP ${status}), though LiveKit takes the token`,
			cause:
				"Something in front of LiveKit (a firewall for web applications, a login) refuses the request to /rtc.",
			fix: "Let requests to /rtc through without a login of the proxy's own: LiveKit checks the token itself.",
		};
	// livekit-server has no word for a request to /rtc that is no upgrade any more: a bare 404.
	const hasLostHeader = status === 404 && end.text === "";
	return {
		...(hasLostHeader ? provenFault : likelyFault),
		id: "signal.upgrade-eaten",
		title: hasLostHeader
			? "the WebSocket upgrade is lost on the way: LiveKit gets a plain GET /rtc and says 404"
			: `the WebSocket upgrade is answered${who} with HTTP ${status} in place of 101`,
		cause:
			"Plain HTTP passes, the upgrade does not: a proxy in between takes it away, so that no client can join.",
		fix: upgradeFix,
	};
}

function failed({ code, words }: Extract<SignallingEnd, { kind: "failed" }>): Wrong {
	const isLate = code === "TIMEOUT";
	return {
		...likelyFault,
		id: isLate ? "signal.upgrade-no-answer" : "signal.upgrade-failed",
		title: isLate
			? "the WebSocket upgrade is never answered, though plain HTTP is"
			: `the WebSocket upgrade fails: ${words}`,
		cause:
			"Plain HTTP passes, the upgrade does not: a proxy or firewall in between holds or breaks it.",
		fix: upgradeFix,
	};
}

function sentAway({ leave }: Extract<SignallingEnd, { kind: "sent-away" }>): Wrong {
	const reason = DisconnectReason[leave.reason] ?? `reason ${leave.reason}`;
	return {
		...provenFault,
		id: "signal.sent-away",
		title: `livekit-server sends the participant away at once: ${reason}`,
		cause: `It took the token and then could not, or would not, handle the participant (${leaveCause(leave).cause}).`,
		fix: "Read livekit-server's log at the time of the join; for DUPLICATE_IDENTITY give every participant an identity of its own.",
	};
}
