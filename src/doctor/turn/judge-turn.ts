import { provenFault, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { ServerClaim, WireTransport } from "./claims.js";
import { endpointOf } from "./claims.js";
import { judgeCredentials, type TurnSettings } from "./judge-credentials.js";
import { judgeReach } from "./judge-reach.js";
import { judgeRefusal } from "./judge-refusal.js";
import { judgeRelay } from "./judge-relay.js";
import { type Judgement, merged, nameOf } from "./judgement.js";
import { turnLine } from "./turn-line.js";
import type { TurnLook } from "./turn-look.js";
import type { TurnTrial } from "./turn-trial.js";

/** What is known beside the trials. */
export interface TurnKnowledge {
	readonly nowMs: number;
	readonly clockOffsetMs: number | undefined;
	readonly settings: TurnSettings | undefined;
	readonly looks: readonly TurnLook[];
}

/**
 * The findings of all trials, each cause once a server. A name that nobody knows and missing credentials are the
 * list's own faults, which the check `ice-servers` tells.
 */
export function judgeTurn(trials: readonly TurnTrial[], known: TurnKnowledge): Finding[] {
	const hosts = new Set(trials.map(({ claim }) => claim.host));
	// The file describes one server; of several nobody knows which.
	const settings = hosts.size === 1 ? known.settings : undefined;
	return merged(
		trials.flatMap((trial) =>
			judgementsOf(trial, trials, { ...known, settings }).map((judgement) => ({
				claim: trial.claim,
				finding: { ...judgement, evidence: [turnLine(trial), ...(judgement.evidence ?? [])] },
			})),
		),
	);
}

/** Whether whoever uses this claim gets through. */
export function works(trial: TurnTrial, known: TurnKnowledge): boolean {
	if (trial.allocation?.kind !== "allocated") return false;
	return !judgementsOf(trial, [trial], known).some(({ severity }) => severity === "fault");
}

function judgementsOf(
	trial: TurnTrial,
	trials: readonly TurnTrial[],
	known: TurnKnowledge,
): Judgement[] {
	const { claim, allocation, address, redirectedTo } = trial;
	if (allocation === undefined || address === undefined) return [];
	switch (allocation.kind) {
		case "no-credentials":
			return [];
		case "lost":
		case "silent": {
			if (redirectedTo !== undefined) return [deadRedirect(claim, redirectedTo)];
			const answersStun = trial.binding?.kind === "success";
			const elsewhere = answering(claim, trials, known.looks);
			return [judgeReach({ claim, allocation, answersStun, elsewhere })];
		}
		case "refused": {
			if (allocation.code !== 401 || claim.credentials === undefined)
				return [judgeRefusal(claim, allocation)];
			const { nowMs, clockOffsetMs, settings } = known;
			const { realm } = allocation.challenge;
			const credentials = claim.credentials;
			return [judgeCredentials({ claim, credentials, realm, nowMs, clockOffsetMs, settings })];
		}
		case "allocated": {
			const open = allocation.isOpen ? [openRelay(claim)] : [];
			if (trial.relay === undefined) return open;
			return [...judgeRelay(claim, redirectedTo?.address ?? address, trial.relay), ...open];
		}
	}
}

/** Over which other transports TURN answers at the same host, whatever it says there. */
function answering(
	{ host, transport }: ServerClaim,
	trials: readonly TurnTrial[],
	looks: readonly TurnLook[],
): WireTransport[] {
	const alive = trials.filter(
		({ allocation }) =>
			allocation !== undefined && allocation.kind !== "lost" && allocation.kind !== "silent",
	);
	const found = [...alive.map(({ claim }) => claim), ...looks.filter(({ answers }) => answers)]
		.filter((one) => one.host === host && one.transport !== transport)
		.map((one) => one.transport);
	return [...new Set(found)];
}

function deadRedirect(claim: ServerClaim, to: { address: string; port: number }): Judgement {
	const where = endpointOf({ host: to.address, port: to.port });
	return {
		...{ ...provenFault, id: "turn.redirect" },
		title: `${nameOf(claim)} sends clients on to ${where}, which does not answer (300)`,
		cause: "Clients follow the redirect, and find no TURN server there: no relay candidate.",
		fix: "Correct or remove `alternate-server` in turnserver.conf, or start the server that it names.",
	};
}

function openRelay(claim: ServerClaim): Judgement {
	return {
		...{ ...provenWarning, id: "turn.no-auth" },
		title: `${nameOf(claim)} relays for everybody, without credentials`,
		cause: "Audio works, but anybody in the Internet can send through this server in its name.",
		fix: "Take `no-auth` out of turnserver.conf and set `use-auth-secret` with `static-auth-secret`.",
	};
}
