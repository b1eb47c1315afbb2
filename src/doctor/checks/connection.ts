import { lookup } from "node:dns/promises";
import type { Check, CheckResult } from "../check.js";
import { attemptLines } from "../connection/attempt-lines.js";
import { connectedBy, planAttempts } from "../connection/attempts.js";
import { gather, udpServers } from "../connection/gather.js";
import { joinTokens } from "../connection/join-tokens.js";
import { judgeConnection } from "../connection/judge-connection.js";
import { gatheringLine, judgeGathering } from "../connection/judge-gathering.js";
import { MediaProcess } from "../connection/media-process.js";
import { runAttempts } from "../connection/run-attempts.js";
import type { DoctorContext } from "../context.js";

/** Gathers with each STUN and TURN server by itself; needs no LiveKit server. */
export const gathering: Check = {
	id: "gathering",
	title: "Does this machine find its candidates?",
	after: ["signal", "turn"],
	run: checkGathering,
};

/** Joins by every way there is, side by side, and writes `facts.connected`. */
export const connection: Check = {
	id: "connection",
	title: "Does the media connect, and by which ways?",
	after: ["signal", "turn"],
	run: checkConnection,
};

async function checkGathering({ facts, clock, signal }: DoctorContext): Promise<CheckResult> {
	const servers = facts.iceServers ?? [];
	if (facts.iceServers === undefined) return skipped("no ICE servers are known");
	const gathered = await gather(servers, clock, signal);
	if (signal.aborted) return skipped("stopped before it was over");
	const lines = gathered.map(gatheringLine);
	const isUdpMissing = servers.length > 0 && udpServers(servers).length === 0;
	return {
		lines: isUdpMissing ? [...lines, "no STUN or TURN server is handed out for UDP"] : lines,
		findings: judgeGathering(gathered, facts.relays),
	};
}

async function checkConnection(context: DoctorContext): Promise<CheckResult> {
	const { target, facts, clock, signal } = context;
	const { url, caPem } = target;
	if (url === undefined) return skipped("no server is given");
	if (facts.refusal) return skipped("the server does not let us in");
	const tokens = joinTokens(target, facts);
	if (!tokens) return skipped("there is no token to join with");
	const media = await MediaProcess.start(clock, caPem);
	try {
		const attempts = await runAttempts(planAttempts(facts.iceServers ?? []), {
			...{ media, tokens, url: signalUrl(url), clock, signal },
			...(caPem === undefined ? {} : { caPem }),
		});
		if (signal.aborted && Object.keys(attempts).length === 0)
			return skipped("stopped before it was over");
		facts.connected = connectedBy(attempts);
		const { failure } = attempts.ordinary ?? {};
		// Why the signalling fails the checks before have told, unless it did not fail for them.
		if (failure?.stage === "socket" && facts.join === undefined)
			return skipped(`the signalling does not come about: ${failure.detail}`);
		const sight = {
			...{ attempts, host: url.hostname, signalAddresses: await addressesOf(url) },
			...(facts.relays === undefined ? {} : { relays: facts.relays }),
		};
		const findings = signal.aborted ? [] : judgeConnection(sight);
		return { lines: attemptLines(attempts), findings };
	} finally {
		await media.end();
	}
}

function skipped(why: string): CheckResult {
	return { lines: [], findings: [], skipped: why };
}

/** `ws://` or `wss://`, as the engines take it. */
export function signalUrl(url: URL): string {
	return url.href.replace(/^http/, "ws");
}

async function addressesOf({ hostname }: URL): Promise<string[]> {
	const host = hostname.replace(/^\[|\]$/g, "");
	const found = await lookup(host, { all: true }).catch(() => []);
	return found.map(({ address }) => address);
}
