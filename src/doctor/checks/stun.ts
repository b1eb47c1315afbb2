import pLimit from "p-limit";
import type { Check, CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import { claimsOf, endpointOf, type ServerClaim } from "../turn/claims.js";
import { judgeStun, stunLine } from "../turn/judge-stun.js";
import { tryStun } from "../turn/stun-trial.js";

const atOnce = 12;
/** This only bounds what a broken service may cost. */
const mostServers = 24;

/** Each STUN server, and the STUN part of each TURN server: does it tell clients their address? */
export const stun: Check = {
	id: "stun",
	title: "Do the STUN servers tell clients their address?",
	after: ["ice-servers"],
	async run({ facts, target, clock, signal }: DoctorContext): Promise<CheckResult> {
		const claims = eachOnce(claimsOf(facts.iceServers ?? [])).slice(0, mostServers);
		if (claims.length === 0)
			return { lines: [], findings: [], skipped: "no STUN or TURN server was handed out" };
		const order = { clock, signal, ...(target.caPem === undefined ? {} : { caPem: target.caPem }) };
		const limit = pLimit(atOnce);
		const trials = await Promise.all(claims.map((claim) => limit(() => tryStun(claim, order))));
		facts.stunServers = trials.map(({ claim, binding }) => ({
			...{ uri: claim.uri, transport: claim.transport, works: binding?.kind === "mapped" },
		}));
		return { lines: trials.map(stunLine), findings: judgeStun(trials) };
	},
};

/** By endpoint and transport. `stun:` goes before `turn:`, for there STUN is what was promised. */
function eachOnce(claims: readonly ServerClaim[]): ServerClaim[] {
	const found = new Map<string, ServerClaim>();
	for (const claim of claims) {
		const key = `${endpointOf(claim)} ${claim.transport}`;
		if (found.get(key)?.protocol !== "stun") found.set(key, claim);
	}
	return [...found.values()];
}
