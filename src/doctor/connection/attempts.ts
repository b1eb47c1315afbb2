import type { EngineName } from "../../engine/engine-name.js";
import type { IceServer } from "../../ice/ice-server.js";
import { type IcePolicy, icePolicies } from "../../ice/policy.js";
import { isRelayPolicy, type RelayPolicy, urisForPolicy } from "../../ice/policy-servers.js";
import { parseIceUri } from "../../ice/uri.js";
import type { HandedIceServer, RelayFact } from "../context.js";
import type { Attempt } from "./media-jobs.js";

/** `ordinary`: as an application joins, with every way open; the others are forced, each to its own. */
export const attemptNames = ["ordinary", ...icePolicies] as const;

export type AttemptName = (typeof attemptNames)[number];

export type Attempts = Readonly<Partial<Record<AttemptName, Attempt>>>;

/** One join that is to be tried. */
export interface PlannedAttempt {
	readonly name: AttemptName;
	/** `direct` runs on the light engine: it has UDP alone, and tells ICE and DTLS apart. */
	readonly engine: EngineName;
	readonly icePolicy: IcePolicy;
	readonly iceServers: readonly IceServer[];
}

/**
 * What is worth a try, the most telling first. A relay policy is for a transport that was handed out.
 * @param handed the ICE servers of all origins; those of a service or a flag are what an application would set
 */
export function planAttempts(handed: readonly HandedIceServer[]): PlannedAttempt[] {
	const turn = handed.map((server) => ({ ...server, urls: server.urls.filter(isTurn) }));
	const set = handed.filter(({ from, urls }) => from !== "server" && urls.every(isUri));
	const relays = icePolicies.filter(isRelayPolicy).flatMap((icePolicy): PlannedAttempt[] => {
		const iceServers = serversFor(icePolicy, turn);
		if (iceServers.length === 0) return [];
		return [{ name: icePolicy, engine: "native", icePolicy, iceServers }];
	});
	return [
		{ name: "ordinary", engine: "native", icePolicy: "direct", iceServers: set.map(bare) },
		{ name: "direct", engine: "lite", icePolicy: "direct", iceServers: [] },
		...relays.slice(0, 1),
		{ name: "tcp", engine: "native", icePolicy: "tcp", iceServers: [] },
		...relays.slice(1),
	];
}

/** Which transport between client and TURN server a relay policy stands for. */
export const relayTransports: Readonly<Record<RelayPolicy, RelayFact["transport"]>> = {
	"relay-udp": "udp",
	"relay-tcp": "tcp",
	"relay-tls": "tls",
};

/** A URI without `transport=` is tried over UDP alone, as browsers do it. */
function serversFor(policy: RelayPolicy, servers: readonly HandedIceServer[]): IceServer[] {
	return servers.flatMap((server) => {
		const told = server.urls.filter(
			(url) => policy !== "relay-tcp" || parseIceUri(url).transport === "tcp",
		);
		const urls = urisForPolicy(policy, told);
		return urls.length === 0 ? [] : [{ ...bare(server), urls }];
	});
}

function bare({ urls, username, password }: IceServer): IceServer {
	return { urls, username, password };
}

function isTurn(url: string): boolean {
	return /^turns?:/i.test(url) && isUri(url);
}

/** Those that are none have been told of by the check of the ICE servers. */
function isUri(url: string): boolean {
	try {
		parseIceUri(url);
		return true;
	} catch {
		return false;
	}
}

/** Whether it went over UDP without a relay. */
export function isDirectUdp(attempt: Attempt | undefined): boolean {
	if (attempt?.connectMs === undefined) return false;
	return attempt.pairs.every(({ local, protocol }) => local !== "relay" && protocol === "udp");
}

/** The policies that reached a connected peer connection; what the ordinary join found counts for its way. */
export function connectedBy(attempts: Attempts): Partial<Record<IcePolicy, boolean>> {
	const connected: Partial<Record<IcePolicy, boolean>> = {};
	for (const policy of icePolicies) {
		const attempt = attempts[policy];
		if (attempt) connected[policy] = attempt.connectMs !== undefined;
	}
	const { ordinary } = attempts;
	if (ordinary?.connectMs === undefined) return connected;
	for (const { local, protocol, relayProtocol } of ordinary.pairs) {
		if (local !== "relay") connected[protocol === "tcp" ? "tcp" : "direct"] = true;
		else if (relayProtocol) connected[`relay-${relayProtocol}`] = true;
	}
	return connected;
}
