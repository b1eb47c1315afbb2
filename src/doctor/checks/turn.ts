import pLimit from "p-limit";
import type { Check, CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import { claimsOf } from "../turn/claims.js";
import { judgeTurn, works } from "../turn/judge-turn.js";
import { lookLine, turnLine } from "../turn/turn-line.js";
import { lookAt, unclaimed } from "../turn/turn-look.js";
import { readTurnSettings } from "../turn/turn-settings.js";
import { addressOf, type TrialOrder, tryTurn } from "../turn/turn-trial.js";

/** Each of them sends 100 packets a second: no more than a call does. */
const atOnce = 6;
/** Browsers warn from five servers on; this only bounds what a broken service may cost. */
const mostClaims = 24;

/** Each TURN server by each transport it is handed out for: allocate, permission, channel, echo, refresh, release. */
export const turn: Check = {
	id: "turn",
	title: "Do the TURN servers relay?",
	after: ["ice-servers"],
	async run(context: DoctorContext): Promise<CheckResult> {
		const { facts, target, clock } = context;
		const all = claimsOf(facts.iceServers ?? []).filter(({ protocol }) => protocol === "turn");
		if (all.length === 0)
			return { lines: [], findings: [], skipped: "no TURN server was handed out" };
		const claims = all.slice(0, mostClaims);
		const order = await orderOf(context);
		const limit = pLimit(atOnce);
		const [trials, looks, settings] = await Promise.all([
			Promise.all(claims.map((claim) => limit(() => tryTurn(claim, order)))),
			Promise.all(unclaimed(claims).map((at) => limit(() => lookAt(at, order)))),
			target.turnConfig === undefined ? undefined : readTurnSettings(target.turnConfig),
		]);
		const known = { nowMs: clock.nowMs(), clockOffsetMs: facts.clockOffsetMs, settings, looks };
		facts.relays = trials.map((trial) => ({
			...{ uri: trial.claim.uri, transport: trial.claim.transport, works: works(trial, known) },
		}));
		const left = all.length - claims.length;
		return {
			lines: [
				...trials.map(turnLine),
				...looks.map(lookLine),
				...(left === 0 ? [] : [`${left} more TURN entries were not tried`]),
			],
			findings: judgeTurn(trials, known),
		};
	},
};

async function orderOf({ target, clock, signal }: DoctorContext): Promise<TrialOrder> {
	const caPem = target.caPem === undefined ? {} : { caPem: target.caPem };
	const host = target.url?.hostname.replace(/^\[|\]$/g, "");
	const found = host === undefined ? undefined : await addressOf(host, clock);
	const livekit = found !== undefined && "address" in found ? { livekit: found.address } : {};
	return { clock, signal, ...caPem, ...livekit };
}
