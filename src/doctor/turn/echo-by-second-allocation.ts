import type { Clock } from "../../clock/clock.js";
import type { StunAddress } from "../../turn/stun-attribute.js";
import type { StunReply, TurnClient } from "../../turn/turn-client.js";
import { echoEveryMs, echoPackets } from "./echo-by-own-peer.js";
import { EchoCount, type RelayEcho } from "./relay-echo.js";

/** Another one than the first trial may have bound to an address of this machine. */
const channel = 0x4001;

export interface SecondTrial {
	/** Why there was no second allocation. */
	readonly failed?: string;
	/** The permission or channel that was refused. */
	readonly refused?: StunReply;
	readonly echo?: RelayEcho;
}

export interface SecondOrder {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly client: TurnClient;
	readonly relayed: StunAddress;
	second(): TurnClient;
	/** @returns the second relayed address, or in words why there is none */
	allocateSecond(client: TurnClient): Promise<StunAddress | string>;
}

/**
 * Echoes packets from relay to relay on the server itself. That needs nothing of the network between, so it tells a
 * relay that does not forward from one that only we cannot reach. An address that the server wrongly believes to be
 * its own may pass here: coturn maps it back.
 */
export async function echoBySecondAllocation(order: SecondOrder): Promise<SecondTrial> {
	const { clock, signal, client, relayed } = order;
	const far = order.second();
	try {
		const farRelayed = await order.allocateSecond(far);
		if (typeof farRelayed === "string") return { failed: farRelayed };
		const bound = await client.ask("channelBind", { channel, peer: farRelayed });
		if (bound.kind !== "success") return { refused: bound };
		const farBound = await far.ask("channelBind", { channel, peer: relayed });
		if (farBound.kind !== "success") return { refused: farBound };
		const count = new EchoCount({
			...{ clock, signal, packets: echoPackets, everyMs: echoEveryMs },
			send: (payload) => client.sendOn(channel, payload),
		});
		far.onData = (payload) => far.sendOn(channel, payload);
		client.onData = (payload) => count.onReturned(payload);
		const echo = await count.run();
		await far.ask("refresh", { lifetimeSeconds: 0 });
		return { echo };
	} finally {
		client.onData = () => {};
		await far.close();
	}
}
