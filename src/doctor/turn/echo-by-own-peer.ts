import { isIPv6 } from "node:net";
import type { Clock } from "../../clock/clock.js";
import type { StunAddress } from "../../turn/stun-attribute.js";
import type { StunReply, TurnClient } from "../../turn/turn-client.js";
import { OwnPeer, sourceAddressTo } from "./own-peer.js";
import { EchoCount, type RelayEcho } from "./relay-echo.js";

/** The first there is (RFC 8656, section 12). */
const channel = 0x4000;
/** How often and how long it is knocked at the relay before it counts as out of reach. */
const knocks = 6;
const knockEveryMs = 100;
export const echoPackets = 100;
export const echoEveryMs = 10;

export interface OwnPeerTrial {
	/** Permissions that the server refused, for addresses of this machine. */
	readonly refused: readonly { readonly peer: string; readonly reply: StunReply }[];
	/** Whether one was granted. */
	readonly isPermitted: boolean;
	/** Whether a packet to the relayed address, as the server names it, came through. */
	readonly isReached: boolean;
	/** Whence relayed packets came to our socket, if they did. */
	readonly sentFrom?: StunAddress;
	/** Whether a NAT stands between us and the server; undefined where that is not known. */
	readonly isBehindNat?: boolean;
	/** What became of the channel to our socket. */
	readonly channel?: StunReply;
	readonly echo?: RelayEcho;
}

export interface OwnPeerOrder {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly client: TurnClient;
	readonly family: "udp4" | "udp6";
	readonly server: StunAddress;
	readonly relayed: StunAddress;
	readonly mapped?: StunAddress;
}

/**
 * Echoes packets by a UDP socket of our own behind the relay, as LiveKit's would be. The socket speaks first, to the
 * relayed address: that opens a NAT on our side, and the server's Data indication tells how the socket looks from
 * there, so that this works behind any NAT that lets UDP out.
 */
export async function echoByOwnPeer(order: OwnPeerOrder): Promise<OwnPeerTrial> {
	const { client, server, relayed, mapped, family } = order;
	const [source, towardsServer] = await Promise.all([relayed, server].map(sourceAddressTo));
	const addresses = [...new Set([source, mapped?.address])].filter(
		(address) => address !== undefined && isIPv6(address) === (family === "udp6"),
	) as string[];
	const peer = await OwnPeer.open(family);
	try {
		const permits = await Promise.all(
			addresses.map(async (address) => {
				const reply = await client.ask("createPermission", { peer: { address, port: peer.port } });
				return { peer: address, reply };
			}),
		);
		const granted = permits.filter(({ reply }) => reply.kind === "success");
		const facts = {
			refused: permits.filter(({ reply }) => reply.kind !== "success"),
			isPermitted: granted.length > 0,
			...(towardsServer && mapped ? { isBehindNat: towardsServer !== mapped.address } : {}),
		};
		if (granted.length === 0) return { ...facts, isReached: false };
		const guesses = granted.map(({ peer: address }) => ({ address, port: peer.port }));
		const { seenAs, sentFrom } = await knock(order, peer, guesses);
		const met = { ...facts, isReached: seenAs !== undefined, ...(sentFrom ? { sentFrom } : {}) };
		if (seenAs === undefined) return met;
		const bound = await client.ask("channelBind", { channel, peer: seenAs });
		if (bound.kind !== "success") return { ...met, channel: bound };
		return { ...met, channel: bound, echo: await echo(order, peer) };
	} finally {
		client.onData = () => {};
		peer.close();
	}
}

/** Packets both ways until ours is seen at the other end of the allocation. */
async function knock(
	{ clock, signal, client, relayed }: OwnPeerOrder,
	peer: OwnPeer,
	guesses: readonly StunAddress[],
): Promise<{ seenAs?: StunAddress; sentFrom?: StunAddress }> {
	const hello = Buffer.from("livesoak doctor");
	const seen = new AbortController();
	let seenAs: StunAddress | undefined;
	let sentFrom: StunAddress | undefined;
	client.onData = (payload, from) => {
		if (typeof from === "number" || !payload.equals(hello)) return;
		seenAs = from;
		seen.abort();
	};
	peer.onPacket = (payload, from) => {
		if (payload.equals(hello)) sentFrom = from;
	};
	const until = AbortSignal.any([signal, seen.signal]);
	for (let tries = 0; tries < knocks && !until.aborted; tries++) {
		peer.send(hello, relayed);
		for (const guess of guesses) client.sendTo(guess, hello);
		await clock.sleepUntil(clock.nowMs() + knockEveryMs, until);
	}
	return { ...(seenAs ? { seenAs } : {}), ...(sentFrom ? { sentFrom } : {}) };
}

async function echo(
	{ clock, signal, client, relayed }: OwnPeerOrder,
	peer: OwnPeer,
): Promise<RelayEcho> {
	const count = new EchoCount({
		...{ clock, signal, packets: echoPackets, everyMs: echoEveryMs },
		send: (payload) => client.sendOn(channel, payload),
	});
	peer.onPacket = (payload) => peer.send(payload, relayed);
	client.onData = (payload, from) => {
		if (from === channel) count.onReturned(payload);
	};
	return count.run();
}
