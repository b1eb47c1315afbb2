import type { RelayFact } from "../context.js";
import type { Finding } from "../finding.js";
import type { Gathered } from "./gather.js";

/** Gathering that takes longer is felt where candidates are not trickled. */
const slowFromMs = 2_000;

/** "stun:stun.example.org:3478: srflx 24 ms, complete after 31 ms" */
export function gatheringLine({ uri, candidates, completeMs }: Gathered): string {
	const firsts = new Map<string, number>();
	for (const { type, atMs } of candidates) if (!firsts.has(type)) firsts.set(type, atMs);
	const found = [...firsts].map(([type, atMs]) => `${type} ${Math.round(atMs)} ms`);
	const end =
		completeMs === undefined
			? "not complete in 3 s"
			: `complete after ${Math.round(completeMs)} ms`;
	return `${uri ?? "no server"}: ${found.length === 0 ? "no candidate" : found.join(", ")}, ${end}`;
}

/** What is wrong with the candidates of this machine. Pure. */
export function judgeGathering(
	gathered: readonly Gathered[],
	relays: readonly RelayFact[] | undefined,
): Finding[] {
	const evidence = gathered.map(gatheringLine);
	if (!gathered.some(({ candidates }) => candidates.some(({ type }) => type === "host")))
		return [noHost(evidence)];
	return [...judgeStun(gathered, evidence), ...judgeTurn(gathered, relays, evidence)];
}

/** A server that answers and brings no candidate is well: without a NAT there is nothing that it could bring. */
function judgeStun(gathered: readonly Gathered[], evidence: readonly string[]): Finding[] {
	const stun = gathered.filter(({ kind }) => kind === "stun");
	const dead = stun.filter(
		({ candidates, answers }) =>
			answers === false && candidates.every(({ type }) => type !== "srflx"),
	);
	if (dead.length === 0) return [];
	const names = dead.map(({ uri }) => uri).join(", ");
	const slowMs = Math.max(...dead.map(({ completeMs }) => completeMs ?? Number.POSITIVE_INFINITY));
	const isSlow = slowMs >= slowFromMs;
	const cost = Number.isFinite(slowMs) ? `${(slowMs / 1000).toFixed(1)} s` : "more than 3 s";
	const fix =
		"In livekit.yaml set rtc.stun_servers to servers that answer from here (host:port, without scheme; left out or [] LiveKit hands out public ones), or let UDP to them out.";
	if (dead.length === stun.length) {
		return [
			{
				...{ id: "gathering.no-srflx", severity: "warning", confidence: "proven", evidence, fix },
				title: `no server-reflexive candidate: ${names} ${dead.length === 1 ? "does" : "do"} not answer${isSlow ? `, and gathering waits ${cost} for it` : ""}`,
				cause:
					"Without STUN a client behind a NAT has no public address to be reached at; one that waits for the end of gathering connects seconds late.",
			},
		];
	}
	if (!isSlow) return [];
	return [
		{
			...{ id: "gathering.dead-stun", severity: "warning", confidence: "proven", evidence, fix },
			title: `gathering takes ${cost}, for ${names} ${dead.length === 1 ? "does" : "do"} not answer`,
			cause: "A client that waits for the end of gathering connects that much later.",
		},
	];
}

/** A TURN server that was found broken by itself has been told of. */
function judgeTurn(
	gathered: readonly Gathered[],
	relays: readonly RelayFact[] | undefined,
	evidence: readonly string[],
): Finding[] {
	const silent = gathered.filter(
		({ kind, candidates }) => kind === "turn" && candidates.every(({ type }) => type !== "relay"),
	);
	const unexplained = silent.filter(
		({ uri }) =>
			relays === undefined || relays.some((relay) => isOverUdp(relay, uri) && relay.works),
	);
	if (unexplained.length === 0) return [];
	const isKnownToWork = relays !== undefined;
	return [
		{
			id: "gathering.no-relay",
			severity: isKnownToWork ? "warning" : "fault",
			confidence: isKnownToWork ? "possible" : "likely",
			title: `no relay candidate within 3 s from ${unexplained.map(({ uri }) => uri).join(", ")}`,
			cause: "Clients behind strict firewalls have no other way than a relay.",
			fix: "Look at what the check of the TURN servers says: credentials, realm, quota, or a port that is closed.",
			evidence,
		},
	];
}

function isOverUdp({ uri, transport }: RelayFact, asked: string | undefined): boolean {
	return transport === "udp" && uri.split("?")[0] === asked?.split("?")[0];
}

function noHost(evidence: readonly string[]): Finding {
	return {
		...{ id: "gathering.no-host", severity: "fault", confidence: "proven", evidence },
		title: "not one host candidate: this machine has no network interface that may be used",
		cause: "Without an address of its own a client has nothing to connect from.",
		fix: "Bring an interface other than loopback up (in a container: give it a network), and run doctor again.",
	};
}
