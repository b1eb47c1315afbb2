import type { TurnConnectError } from "../../turn/connect-error.js";
import {
	addressOf as plainAddressOf,
	type StunAddress,
	xorAddressOf,
} from "../../turn/stun-attribute.js";
import { type StunReply, TurnClient } from "../../turn/turn-client.js";
import { attributeTypes } from "../../turn/turn-message.js";
import type { ServerClaim } from "./claims.js";
import { lookAt } from "./turn-look.js";
import { addressOf, answerBoundMs, serverOf, type TrialOrder } from "./turn-trial.js";

/** What one server said to a Binding request (RFC 8489, section 3). */
export interface StunTrial {
	readonly claim: ServerClaim;
	/** Absent: the name has none, and `unknownHost` is the resolver's code. */
	readonly address?: string;
	readonly unknownHost?: string;
	readonly binding?: Binding;
	/** TURN answers at the same port and transport; only looked at where Binding got no answer. */
	readonly answersTurn?: boolean;
}

export type Binding =
	| { readonly kind: "mapped"; readonly mapped: StunAddress; readonly rttMs: number }
	| { readonly kind: "unmapped" }
	| { readonly kind: "refused"; readonly code: number; readonly reason: string }
	| { readonly kind: "silent" }
	| { readonly kind: "lost"; readonly error: TurnConnectError };

/** Asks once for the client's address as the server sees it. Never rejects. */
export async function tryStun(claim: ServerClaim, order: TrialOrder): Promise<StunTrial> {
	const found = await addressOf(claim.host, order.clock);
	if ("code" in found) return { claim, unknownHost: found.code };
	const { address } = found;
	const { clock, signal } = order;
	const server = serverOf(claim, { address, port: claim.port }, order);
	const client = new TurnClient(server, { clock, signal, answerBoundMs });
	try {
		const binding = bindingOf((await client.connect()) ?? (await client.ask("binding")));
		if (binding.kind !== "silent") return { claim, address, binding };
		const { answers } = await lookAt(claim, order);
		return { claim, address, binding, answersTurn: answers };
	} finally {
		await client.close();
	}
}

function bindingOf(reply: StunReply): Binding {
	if (reply.kind === "refused") return { kind: "refused", code: reply.code, reason: reply.reason };
	if (reply.kind !== "success") return reply;
	const { message, rttMs } = reply;
	const mapped =
		xorAddressOf(message, attributeTypes.xorMappedAddress) ??
		plainAddressOf(message, attributeTypes.mappedAddress);
	return mapped === undefined ? { kind: "unmapped" } : { kind: "mapped", mapped, rttMs };
}
