import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock } from "../../clock/clock.js";
import { within } from "../../clock/within.js";

/** Addresses in the order in which a program tries them, or the resolver's code: ENOTFOUND, EAI_AGAIN, TIMEOUT … */
export type LookUp = { readonly addresses: readonly string[] } | { readonly code: string };

/** A and AAAA as programs of this machine see them: /etc/hosts, search domains and all. Never rejects. */
export async function lookUp(clock: Clock, host: string, boundMs: number): Promise<LookUp> {
	if (isIP(host) !== 0) return { addresses: [host] };
	const looking = lookup(host, { all: true }).then(
		(found): LookUp => ({ addresses: [...new Set(found.map(({ address }) => address))] }),
		(error: Error & { code?: string }): LookUp => ({ code: error.code ?? error.message }),
	);
	return (await within(clock, boundMs, looking)) ?? { code: "TIMEOUT" };
}
