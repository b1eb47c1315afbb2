import { PeerConnection, type RtcConfig } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import { parseCandidate } from "../../ice/candidate.js";
import type { IceServer } from "../../ice/ice-server.js";
import { formatIceUri, type IceUri, parseIceUri } from "../../ice/uri.js";
import { stunAnswers } from "../../turn/stun-answer.js";
import type { SeenCandidate } from "./seen-candidate.js";

/** A STUN answer on the other side of the world takes 0.4 s; libjuice asks twice more in this time. */
const boundMs = 3_000;
const answerWithinMs = 1_500;

/** What one STUN or TURN server brought, alone with the host candidates. */
export interface Gathered {
	/** With its port and without credentials; undefined: no server at all. */
	readonly uri?: string;
	readonly kind: "none" | "stun" | "turn";
	/** Each once, in the order in which they came. */
	readonly candidates: readonly SeenCandidate[];
	/** Until gathering was complete; absent: it was not within 3 s. */
	readonly completeMs?: number;
	/** STUN only: whether it answers a Binding request of ours. Without a NAT it brings no candidate even so. */
	readonly answers?: boolean;
}

/**
 * Gathers with each server by itself, side by side, through libjuice, which speaks UDP alone: servers over TCP and TLS
 * are left out. No LiveKit server is needed.
 */
export async function gather(
	servers: readonly IceServer[],
	clock: Clock,
	signal: AbortSignal,
): Promise<Gathered[]> {
	return Promise.all([
		gatherWith({ kind: "none" }, [], clock, signal),
		...udpServers(servers).map(async ({ uri, username, password }) => {
			const isTurn = uri.scheme === "turn";
			const { host: hostname, port } = uri;
			const server = isTurn
				? { hostname, port, username, password, relayType: "TurnUdp" as const }
				: `stun:${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
			const about = {
				kind: isTurn ? ("turn" as const) : ("stun" as const),
				uri: formatIceUri(uri),
			};
			const [gathered, answers] = await Promise.all([
				gatherWith(about, [server], clock, signal),
				isTurn ? undefined : stunAnswers(hostname, port, answerWithinMs),
			]);
			return { ...gathered, ...(answers === undefined ? {} : { answers }) };
		}),
	]);
}

/** Each server that can be asked over UDP, once. */
export function udpServers(
	servers: readonly IceServer[],
): { uri: IceUri; username: string; password: string }[] {
	const byUri = new Map<string, { uri: IceUri; username: string; password: string }>();
	for (const { urls, username, password } of servers) {
		for (const url of urls) {
			const uri = uriOf(url);
			if (!uri || uri.transport === "tcp" || !["stun", "turn"].includes(uri.scheme)) continue;
			byUri.set(formatIceUri(uri), { uri, username, password });
		}
	}
	return [...byUri.values()];
}

function uriOf(url: string): IceUri | undefined {
	try {
		return parseIceUri(url);
	} catch {
		return undefined;
	}
}

async function gatherWith(
	about: Pick<Gathered, "uri" | "kind">,
	iceServers: RtcConfig["iceServers"],
	clock: Clock,
	signal: AbortSignal,
): Promise<Gathered> {
	const beganMs = clock.nowMs();
	const candidates: SeenCandidate[] = [];
	const complete = new AbortController();
	let completeMs: number | undefined;
	const connection = new PeerConnection("gathering", { iceServers });
	connection.onLocalCandidate((line) => {
		const candidate = parseCandidate(line);
		if (!candidate) return;
		const { type, transport, address, port } = candidate;
		candidates.push({ type, transport, address, port, atMs: clock.nowMs() - beganMs });
	});
	connection.onGatheringStateChange((state) => {
		if (state !== "complete") return;
		completeMs = clock.nowMs() - beganMs;
		complete.abort();
	});
	try {
		// Held until the end: the garbage collector would close it.
		const channel = connection.createDataChannel("gathering");
		await clock.sleepUntil(beganMs + boundMs, AbortSignal.any([signal, complete.signal]));
		channel.close();
	} finally {
		connection.close();
	}
	return { ...about, candidates, ...(completeMs === undefined ? {} : { completeMs }) };
}
