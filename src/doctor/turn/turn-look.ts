import { TurnClient } from "../../turn/turn-client.js";
import { allocate } from "./allocate.js";
import type { ServerClaim, WireTransport } from "./claims.js";
import { addressOf, serverOf, type TrialOrder } from "./turn-trial.js";

/** Nobody was promised an answer here: it is information only. */
const lookBoundMs = 1_500;
const plainPort = 3478;
const tlsPort = 5349;

/** A transport of a claimed server that is not handed out, and whether TURN answers there all the same. */
export interface TurnLook {
	readonly host: string;
	readonly port: number;
	readonly transport: WireTransport;
	readonly answers: boolean;
}

/** Where else a claimed server may answer: over those transports for which it is not handed out at all. */
export function unclaimed(claims: readonly ServerClaim[]): Omit<TurnLook, "answers">[] {
	const found = new Map<string, Omit<TurnLook, "answers">>();
	for (const { host, port, transport } of claims) {
		if (transport === "tls") continue;
		const others = [
			{ host, port, transport: transport === "udp" ? "tcp" : "udp" },
			{ host, port: port === plainPort ? tlsPort : port, transport: "tls" },
		] as const;
		for (const other of others) {
			const isClaimed = claims.some(
				(claim) => claim.host === host && claim.transport === other.transport,
			);
			if (!isClaimed) found.set(`${host} ${other.port} ${other.transport}`, other);
		}
	}
	return [...found.values()];
}

/** Whether TURN answers there, by the challenge that it sends to whoever comes without credentials. Never rejects. */
export async function lookAt(at: Omit<TurnLook, "answers">, order: TrialOrder): Promise<TurnLook> {
	const found = await addressOf(at.host, order.clock);
	if ("code" in found) return { ...at, answers: false };
	const { clock, signal } = order;
	const claim = { ...at, protocol: "turn", uri: "", from: "flag" } as const;
	const server = serverOf(claim, { address: found.address, port: at.port }, order);
	const client = new TurnClient(server, { clock, signal, answerBoundMs: lookBoundMs });
	try {
		const { kind } = await allocate(client, undefined);
		// An open relay gives one at once.
		if (kind === "allocated") await client.ask("refresh", { lifetimeSeconds: 0 });
		return { ...at, answers: kind !== "lost" && kind !== "silent" };
	} finally {
		await client.close();
	}
}
