import { isIPv6 } from "node:net";
import type { Clock } from "../../clock/clock.js";
import type { StunAddress } from "../../turn/stun-attribute.js";
import type { StunReply, TurnClient } from "../../turn/turn-client.js";
import { echoByOwnPeer, type OwnPeerTrial } from "./echo-by-own-peer.js";
import { echoBySecondAllocation, type SecondTrial } from "./echo-by-second-allocation.js";

const multicast = { udp4: "224.0.0.1", udp6: "ff02::1" } as const;
const loopback = { udp4: "127.0.0.1", udp6: "::1" } as const;
/** Any port does: permissions are for addresses. */
const anyPort = 9;
const refreshSeconds = 600;

export interface RelayOrder {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** With an allocation. */
	readonly client: TurnClient;
	/** Where the client's requests go. */
	readonly server: StunAddress;
	readonly relayed: StunAddress;
	readonly mapped?: StunAddress;
	/** Address of LiveKit, where media would be relayed to; only if the relay should be able to reach it. */
	readonly livekit?: string;
	/** A client of the same kind, ready to allocate. */
	second(): TurnClient;
	allocateSecond(client: TurnClient): Promise<StunAddress | string>;
}

/** What an allocation was good for. */
export interface RelayTrial {
	readonly relayed: StunAddress;
	readonly own: OwnPeerTrial;
	/** Only where there was no echo by a socket of our own. */
	readonly second?: SecondTrial;
	/** Permission for LiveKit's address; undefined where it was not asked for. */
	readonly livekit?: { readonly address: string; readonly reply: StunReply };
	readonly multicast: StunReply;
	readonly loopback: StunReply;
	readonly refresh: StunReply;
	/** Refresh with a lifetime of 0. */
	readonly release: StunReply;
}

/** Permission, channel, echo, what must be refused, refresh and release, on one allocation. */
export async function tryRelay(order: RelayOrder): Promise<RelayTrial> {
	const { client, relayed, livekit } = order;
	const family = isIPv6(relayed.address) ? "udp6" : "udp4";
	const permit = (address: string) =>
		client.ask("createPermission", { peer: { address, port: anyPort } });
	const livekitReply =
		livekit === undefined || isIPv6(livekit) !== (family === "udp6")
			? undefined
			: { address: livekit, reply: await permit(livekit) };
	const own = await echoByOwnPeer({ ...order, family });
	const second = own.echo === undefined ? await echoBySecondAllocation(order) : undefined;
	const refresh = await client.ask("refresh", { lifetimeSeconds: refreshSeconds });
	// Last of all: should the server take it amiss, nothing else suffers.
	const multicastReply = await permit(multicast[family]);
	const loopbackReply = await permit(loopback[family]);
	const release = await client.ask("refresh", { lifetimeSeconds: 0 });
	return {
		...{ relayed, own, refresh, release, multicast: multicastReply, loopback: loopbackReply },
		...(second === undefined ? {} : { second }),
		...(livekitReply === undefined ? {} : { livekit: livekitReply }),
	};
}
