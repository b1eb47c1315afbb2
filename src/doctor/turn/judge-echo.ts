import { provenFault, provenWarning } from "../certainty.js";
import type { ServerClaim } from "./claims.js";
import { type Judgement, nameOf } from "./judgement.js";
import { percentileOf, type RelayEcho } from "./relay-echo.js";

/** Of both ways together. Opus conceals single losses; from here on speech is heard to break up. */
const audibleLossPercent = 5;
const ruinousLossPercent = 30;
/** Repeated packets are thrown away: they cost bandwidth, and tell of a loop in the network. */
const manyDuplicatesPercent = 5;
/** There and back. ITU-T G.114: people begin to talk over each other above 400 ms one way. */
const slowRttMs = 400;

/** Loss, duplicates and delay through the relay; none when all is well. */
export function judgeEcho(claim: ServerClaim, echo: RelayEcho): Judgement[] {
	const { sent, returned, duplicates, rttMs } = echo;
	if (sent === 0) return [];
	const found: Judgement[] = [];
	const lostPercent = ((sent - returned) * 100) / sent;
	if (lostPercent >= audibleLossPercent)
		found.push({
			...(lostPercent >= ruinousLossPercent ? provenFault : provenWarning),
			id: "turn.relay-loss",
			title: `${nameOf(claim)} loses ${sent - returned} of ${sent} packets through its relay`,
			cause:
				"Relayed audio has gaps, in both directions: the path to the TURN server or the server itself is overloaded or limits the rate.",
			fix: "Look for a rate limit (`max-bps`, `bps-capacity`, provider), for drops of the machine's UDP buffers (`netstat -su`), and for loss on the way (`mtr -u`).",
		});
	if ((duplicates * 100) / sent >= manyDuplicatesPercent)
		found.push({
			...provenWarning,
			id: "turn.relay-duplicates",
			title: `${nameOf(claim)} delivers ${duplicates} of ${sent} packets more than once`,
			cause:
				"Something between repeats packets: they cost bandwidth twice, and congestion control misreads them.",
			fix: "Look for a loop or a bonded or mirrored link between this machine and the TURN server.",
		});
	const slow = rttMs.length === 0 ? 0 : percentileOf(rttMs, 50);
	if (slow >= slowRttMs)
		found.push({
			...provenWarning,
			id: "turn.relay-slow",
			title: `a packet takes ${Math.round(slow)} ms through ${nameOf(claim)} and back`,
			cause: "Relayed participants hear each other so late that they talk over each other.",
			fix: "Hand out a TURN server that is nearer to the users, or relieve this one.",
		});
	return found;
}
