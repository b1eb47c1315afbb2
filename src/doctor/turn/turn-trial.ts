import { isIPv4 } from "node:net";
import type { Clock } from "../../clock/clock.js";
import type { StunAddress } from "../../turn/stun-attribute.js";
import { type StunReply, TurnClient, type TurnClientServer } from "../../turn/turn-client.js";
import { lookUp } from "../network/look-up.js";
import { type Allocation, allocate } from "./allocate.js";
import type { ServerClaim } from "./claims.js";
import { isNearer } from "./nearer.js";
import { type RelayTrial, tryRelay } from "./relay-trial.js";

/** For the handshake, and again for each answer: five times what a usable path to a relay takes. */
export const answerBoundMs = 3_000;
/** A server that falls silent in the middle is not waited for at every step. */
const trialBoundMs = 12_000;
/** The first try's 5-tuple may still be known to the server (437): another socket is another 5-tuple. */
const allocationMismatch = 437;
const tryAlternate = 300;

export interface TrialOrder {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** PEM of an extra CA. */
	readonly caPem?: string;
	/** Of the LiveKit server, where its address is known. */
	readonly livekit?: string;
}

/** What one claimed TURN server did over its transport. */
export interface TurnTrial {
	readonly claim: ServerClaim;
	/** Absent: the name has none, and `unknownHost` is the resolver's code. */
	readonly address?: string;
	readonly unknownHost?: string;
	readonly allocation?: Allocation;
	/** What came of a Binding request on the same transport; only looked at where Allocate got no answer. */
	readonly binding?: StunReply;
	/** It sent us on, and this is where the rest of the trial took place. */
	readonly redirectedTo?: StunAddress;
	readonly relay?: RelayTrial;
}

/** Tries everything that a client needs of a TURN server, and leaves nothing behind. */
export async function tryTurn(claim: ServerClaim, order: TrialOrder): Promise<TurnTrial> {
	const found = await addressOf(claim.host, order.clock);
	if ("code" in found) return { claim, unknownHost: found.code };
	const { address } = found;
	const done = new AbortController();
	const late = new AbortController();
	const { clock } = order;
	void clock.sleepUntil(clock.nowMs() + trialBoundMs, done.signal).then(() => late.abort());
	const bounded = { ...order, signal: AbortSignal.any([order.signal, late.signal]) };
	try {
		const first = await tryServer(claim, { address, port: claim.port }, bounded);
		const { allocation } = first;
		const isElsewhere = allocation.kind === "refused" && allocation.code === tryAlternate;
		if (!isElsewhere || allocation.alternate === undefined) return { claim, address, ...first };
		const redirectedTo = allocation.alternate;
		const there = await tryServer(claim, redirectedTo, bounded);
		return { claim, address, redirectedTo, ...there };
	} finally {
		done.abort();
	}
}

/** The first address, IPv4 before IPv6 as relays have them; or the resolver's code. */
export async function addressOf(
	host: string,
	clock: Clock,
): Promise<{ readonly address: string } | { readonly code: string }> {
	const found = await lookUp(clock, host, answerBoundMs);
	if ("code" in found) return found;
	const address = found.addresses.find(isIPv4) ?? found.addresses[0];
	return address === undefined ? { code: "ENODATA" } : { address };
}

async function tryServer(
	claim: ServerClaim,
	at: StunAddress,
	order: TrialOrder,
): Promise<{ allocation: Allocation; binding?: StunReply; relay?: RelayTrial }> {
	const open = () => new TurnClient(serverOf(claim, at, order), clientOptions(claim, order));
	let client = open();
	// Asked at the same time: a server that answers the one and not the other does not cost two waits.
	let binding = client.ask("binding");
	let allocation = await allocate(client, claim.credentials);
	if (allocation.kind === "refused" && allocation.code === allocationMismatch) {
		await client.close();
		client = open();
		binding = client.ask("binding");
		allocation = await allocate(client, claim.credentials);
	}
	try {
		if (allocation.kind === "lost" || allocation.kind === "silent")
			return { allocation, binding: await binding };
		if (allocation.kind !== "allocated") return { allocation };
		const { relayed, mapped } = allocation;
		// A loopback or private address by which only this machine knows LiveKit is not where the relay would send.
		const livekit =
			order.livekit === undefined || isNearer(order.livekit, at.address)
				? {}
				: { livekit: order.livekit };
		const relay = await tryRelay({
			...{ clock: order.clock, signal: order.signal, client, relayed, server: at },
			...(mapped === undefined ? {} : { mapped }),
			...livekit,
			second: open,
			allocateSecond: async (second) => {
				const its = await allocate(second, claim.credentials);
				if (its.kind === "allocated") return its.relayed;
				return its.kind === "refused" ? `${its.code} ${its.reason}` : its.kind;
			},
		});
		return { allocation, relay };
	} finally {
		await client.close();
	}
}

/** Also for servers that only answer STUN. */
export function serverOf(
	claim: ServerClaim,
	{ address, port }: StunAddress,
	{ caPem }: Pick<TrialOrder, "caPem">,
): TurnClientServer {
	const ca = caPem === undefined ? {} : { caPem };
	return { transport: claim.transport, address, port, serverName: claim.host, ...ca };
}

function clientOptions(claim: ServerClaim, { clock, signal }: TrialOrder) {
	const credentials = claim.credentials === undefined ? {} : { credentials: claim.credentials };
	return { clock, signal, answerBoundMs, ...credentials };
}
