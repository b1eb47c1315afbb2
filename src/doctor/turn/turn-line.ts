import type { Allocation } from "./allocate.js";
import { endpointOf } from "./claims.js";
import { wordsOf } from "./judgement.js";
import { percentileOf, type RelayEcho } from "./relay-echo.js";
import type { RelayTrial } from "./relay-trial.js";
import type { TurnLook } from "./turn-look.js";
import type { TurnTrial } from "./turn-trial.js";

/** What was tried of one claimed server and what came back, in one line, for the tree and as evidence. */
export function turnLine({
	claim,
	address,
	unknownHost,
	redirectedTo,
	...trial
}: TurnTrial): string {
	const isNamed = claim.uri.includes("transport=");
	const who = isNamed ? claim.uri : `${claim.uri} over ${claim.transport.toUpperCase()}`;
	if (unknownHost !== undefined) return `${who}: its name cannot be looked up (${unknownHost})`;
	const where = address === claim.host ? "" : ` (${address})`;
	const onward = redirectedTo
		? `, sent on to ${endpointOf({ ...redirectedTo, host: redirectedTo.address })}`
		: "";
	const { allocation, relay } = trial;
	const said = allocation === undefined ? "not tried" : allocationWords(allocation);
	return `${who}${where}${onward}: ${[said, ...(relay === undefined ? [] : relayWords(relay))].join("; ")}`;
}

/** A transport that nobody handed out. */
export function lookLine({ transport, answers, ...at }: TurnLook): string {
	return `not handed out: ${transport.toUpperCase()} at ${endpointOf(at)} ${answers ? "answers" : "does not answer"}`;
}

function allocationWords(allocation: Allocation): string {
	switch (allocation.kind) {
		case "lost":
			return `Allocate failed: ${allocation.error.message}`;
		case "silent":
			return allocation.at === "handshake"
				? "no connection"
				: `no answer to Allocate${allocation.at === "credentials" ? " with credentials" : ""}`;
		case "no-credentials":
			return "it asks for credentials, and none were handed out";
		case "refused": {
			const { code, reason, at, challenge } = allocation;
			const realm = challenge.realm === undefined ? "" : `, realm \`${challenge.realm}\``;
			const software = challenge.software === undefined ? "" : `, ${challenge.software}`;
			return `Allocate with${at === "credentials" ? "" : "out"} credentials: ${code} ${reason}${realm}${software}`;
		}
		case "allocated": {
			const { relayed, mapped, rttMs, isOpen } = allocation;
			const seen = mapped === undefined ? "" : `, sees us as ${mapped.address}`;
			return `allocated ${relayed.address}:${relayed.port}${isOpen ? " without credentials" : ""} in ${ms(rttMs)}${seen}`;
		}
	}
}

function relayWords({ own, second, livekit, refresh, release }: RelayTrial): string[] {
	const words: string[] = [];
	for (const { peer, reply } of own.refused)
		words.push(`permission for ${peer}: ${wordsOf(reply)}`);
	if (livekit !== undefined && livekit.reply.kind !== "success")
		words.push(`permission for LiveKit's ${livekit.address}: ${wordsOf(livekit.reply)}`);
	if (own.isPermitted && !own.isReached)
		words.push(
			own.sentFrom === undefined
				? "no packet between this machine and the relay"
				: `no packet to the relay; from it they come out of ${own.sentFrom.address}:${own.sentFrom.port}`,
		);
	if (own.channel !== undefined && own.channel.kind !== "success")
		words.push(`channel: ${wordsOf(own.channel)}`);
	if (own.echo !== undefined) words.push(echoWords(own.echo, ""));
	if (second?.echo !== undefined) words.push(echoWords(second.echo, " from relay to relay"));
	if (second?.failed !== undefined) words.push(`a second allocation: ${second.failed}`);
	if (second?.refused !== undefined)
		words.push(`channel to a second relay: ${wordsOf(second.refused)}`);
	for (const [what, reply] of [
		["refresh", refresh],
		["release", release],
	] as const)
		if (reply.kind !== "success") words.push(`${what}: ${wordsOf(reply)}`);
	return words;
}

function echoWords({ sent, returned, duplicates, rttMs }: RelayEcho, how: string): string {
	const twice = duplicates === 0 ? "" : `, ${duplicates} twice`;
	const times =
		returned === 0
			? ""
			: `, RTT p50 ${ms(percentileOf(rttMs, 50))}, p95 ${ms(percentileOf(rttMs, 95))}, max ${ms(percentileOf(rttMs, 100))}`;
	return `${returned} of ${sent} packets back${how}${twice}${times}`;
}

/** Two digits below 10 ms, none above. */
export function ms(value: number): string {
	return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} ms`;
}
