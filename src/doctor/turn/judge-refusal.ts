import { likelyFault, provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { Allocation } from "./allocate.js";
import type { ServerClaim } from "./claims.js";
import { type Judgement, nameOf } from "./judgement.js";

export type Refusal = Extract<Allocation, { kind: "refused" }>;

interface Explanation {
	readonly id: Finding["id"];
	/** After "TURN host:port over UDP". */
	readonly title: string;
	readonly cause: string;
	readonly fix: string;
}

/** The error codes of an Allocate (RFC 8489, section 14.8; RFC 8656, section 19), but for 401, which has many causes. */
const explanations: Readonly<Record<number, Explanation>> = {
	300: {
		id: "turn.redirect",
		title: "sends clients on without saying where to (300)",
		cause: "A redirect must name an ALTERNATE-SERVER; clients give up.",
		fix: "Correct `alternate-server` in turnserver.conf, or hand out the other server directly.",
	},
	400: {
		id: "turn.bad-request",
		title: "finds the request malformed (400)",
		cause: "A proxy altered it, or the server expects another protocol or credential mechanism.",
		fix: "Take what stands between client and TURN server out of the way (SIP ALG, UDP proxy), and look for the request in the server's log.",
	},
	403: {
		id: "turn.forbidden",
		title: "forbids this client to allocate (403)",
		cause: "The server knows the credentials, but its policy keeps this client or origin out.",
		fix: "Look for the refusal in the server's log; allow the clients' addresses and origin (`check-origin-consistency`, tenant limits, plan of the provider).",
	},
	420: {
		id: "turn.unknown-attribute",
		title: "does not know an attribute that TURN requires (420)",
		cause: "It is a STUN server without TURN, or one of an outdated draft.",
		fix: "Hand out a TURN server that keeps to RFC 5766 or RFC 8656.",
	},
	437: {
		id: "turn.allocation-mismatch",
		title: "takes two fresh ports for one that has an allocation (437)",
		cause: "A NAT or proxy before the server makes many clients look like one.",
		fix: "Let the proxy before the TURN server keep every client's own address and port.",
	},
	438: {
		id: "turn.stale-nonce",
		title: "calls every nonce stale, even those it has just given (438)",
		cause:
			"The nonce is over before an answer can be sent, or several servers behind one address do not share it.",
		fix: "Set `stale-nonce=600` in turnserver.conf; behind a load balancer, send one client always to the same server.",
	},
	441: {
		id: "turn.wrong-credentials",
		title: "knows the allocation under other credentials (441)",
		cause: "Another user's allocation has the same address and port: a NAT or proxy mixes clients.",
		fix: "Let the proxy before the TURN server keep every client's own address and port.",
	},
	442: {
		id: "turn.no-udp-relay",
		title: "does not relay UDP (442)",
		cause:
			"WebRTC media are relayed over UDP on the far side, whatever the client's own transport is.",
		fix: "Take `no-udp-relay` out of turnserver.conf.",
	},
	486: {
		id: "turn.quota",
		title: "has no allocation left for this user: quota reached (486)",
		cause:
			"Each participant takes several allocations (two peer connections, each by every URI); above `user-quota` or `total-quota` there is no relay.",
		fix: "Raise or remove `user-quota` and `total-quota` in turnserver.conf (`user-quota` at least 12), and give each participant a user name of its own.",
	},
	500: {
		id: "turn.server-error",
		title: "reports a fault of its own (500)",
		cause: "The TURN server could not handle the request.",
		fix: "Look into its log: often its user database cannot be reached.",
	},
	508: {
		id: "turn.no-capacity",
		title: "has no port left to relay from (508)",
		cause:
			"All ports between `min-port` and `max-port` are in use, or the relay address is not this machine's.",
		fix: "Widen `min-port`/`max-port` in turnserver.conf (49152 to 65535), open it in the firewall, and see that `relay-ip` is an address of the machine.",
	},
};

/** What an error code other than 401 means, and what to change. */
export function judgeRefusal(claim: ServerClaim, refusal: Refusal): Judgement {
	const { code, reason } = refusal;
	const known = explanations[code];
	if (known === undefined)
		return {
			...{ ...likelyFault, id: "turn.refuses" },
			title: `${nameOf(claim)} refuses to allocate (${code === 0 ? reason : code})`,
			cause: "Without an allocation there is no relay candidate.",
			fix: "Look for the refusal in the TURN server's log.",
		};
	const { id, title, cause, fix } = known;
	return { ...provenFault, id, title: `${nameOf(claim)} ${title}`, cause, fix };
}
