import { likelyWarning, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { isPublicStun } from "../ice-servers/public-stun.js";
import { endpointOf, type ServerClaim } from "./claims.js";
import { type Judgement, merged, nameOf } from "./judgement.js";
import type { StunTrial } from "./stun-trial.js";
import { ms } from "./turn-line.js";

const noAddress =
	"Clients behind NAT learn no public address from it, and each waits for it while gathering; who cannot be reached directly then depends on a relay.";

/**
 * The findings of all trials, each cause once a server. Unknown names, and public servers out of a closed network's
 * reach, are told by the check `ice-servers`; where TURN is dead as well, the check `turn` tells it.
 */
export function judgeStun(trials: readonly StunTrial[]): Finding[] {
	return merged(
		trials.flatMap((trial) => {
			const judgement = judgementOf(trial);
			if (judgement === undefined) return [];
			const evidence = [stunLine(trial), ...(judgement.evidence ?? [])];
			return [{ claim: trial.claim, finding: { ...judgement, evidence } }];
		}),
	);
}

/** What was asked and what came back, in one line. */
export function stunLine({ claim, unknownHost, address, binding, answersTurn }: StunTrial): string {
	const who = `STUN at ${endpointOf(claim)} over ${claim.transport.toUpperCase()}`;
	if (unknownHost !== undefined) return `${who}: its name cannot be looked up (${unknownHost})`;
	const where = address === claim.host ? "" : ` (${address})`;
	const turn = answersTurn ? ", though TURN answers there" : "";
	switch (binding?.kind) {
		case "mapped":
			return `${who}${where}: sees us as ${binding.mapped.address}, ${ms(binding.rttMs)}`;
		case "unmapped":
			return `${who}${where}: an answer without an address in it`;
		case "refused":
			return `${who}${where}: ${binding.code} ${binding.reason}`;
		case "lost":
			return `${who}${where}: ${binding.error.message}`;
		default:
			return `${who}${where}: no answer to a Binding request${turn}`;
	}
}

function judgementOf({ claim, binding, answersTurn }: StunTrial): Judgement | undefined {
	if (binding === undefined || binding.kind === "mapped") return undefined;
	if (answersTurn) return switchedOff(claim);
	if (binding.kind === "refused")
		return binding.code === 401 ? asksCredentials(claim) : wrongAnswer(claim, `${binding.code}`);
	if (binding.kind === "unmapped") return wrongAnswer(claim, "no address in it");
	if (claim.protocol === "turn" || isPublicStun(claim.host)) return undefined;
	if (binding.kind === "silent") return noAnswer(claim);
	return {
		...{ ...provenWarning, id: "stun.refused" },
		title: `${nameOf(claim)} cannot be reached (${binding.error.code})`,
		cause: noAddress,
		fix: "Start the STUN server, or hand out the port that it listens at (3478 by default).",
	};
}

function noAnswer(claim: ServerClaim): Judgement {
	const wire = claim.transport === "udp" ? "UDP" : "TCP";
	return {
		...{ ...likelyWarning, id: "stun.no-answer" },
		title: `${nameOf(claim)} does not answer`,
		cause: `Its port is closed by a firewall, or the address is wrong. ${noAddress}`,
		fix: `See that the STUN server runs at ${endpointOf(claim)}, and open ${wire} port ${claim.port} to it; or take it off the list.`,
	};
}

function switchedOff(claim: ServerClaim): Judgement {
	return {
		...{ ...provenWarning, id: "stun.switched-off" },
		title: `at ${endpointOf(claim)} TURN answers over ${claim.transport.toUpperCase()}, but STUN does not`,
		cause: `The server's STUN part is switched off. ${noAddress}`,
		fix: "Take `no-stun` out of turnserver.conf and restart it.",
	};
}

function asksCredentials(claim: ServerClaim): Judgement {
	return {
		...{ ...provenWarning, id: "stun.asks-credentials" },
		title: `${nameOf(claim)} asks for credentials (401), which no client sends with STUN`,
		cause: noAddress,
		fix: "Take `secure-stun` out of turnserver.conf and restart it.",
	};
}

function wrongAnswer(claim: ServerClaim, what: string): Judgement {
	return {
		...{ ...provenWarning, id: "stun.wrong-answer" },
		title: `${nameOf(claim)} answers a Binding request wrongly (${what})`,
		cause: noAddress,
		fix: "Hand out a STUN server that keeps to RFC 8489, or take what alters its answers out of the way.",
	};
}
