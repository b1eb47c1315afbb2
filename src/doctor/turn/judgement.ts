import type { StunReply } from "../../turn/turn-client.js";
import type { Finding } from "../finding.js";
import { endpointOf, type ServerClaim } from "./claims.js";

/** A finding about one claim; the caller adds what was tried. */
export type Judgement = Omit<Finding, "evidence"> & { readonly evidence?: readonly string[] };

/** "TURN 192.0.2.7:3478 over UDP", for titles and lines. */
export function nameOf(claim: Pick<ServerClaim, "protocol" | "host" | "port" | "transport">) {
	return `${claim.protocol.toUpperCase()} ${endpointOf(claim)} over ${claim.transport.toUpperCase()}`;
}

/**
 * One finding for what several transports or entries of one server show alike: the first's words, everybody's
 * evidence. Order is kept.
 */
export function merged(
	findings: readonly { readonly claim: ServerClaim; readonly finding: Finding }[],
): Finding[] {
	const groups = new Map<string, Finding>();
	for (const { claim, finding } of findings) {
		const key = `${finding.id} ${claim.host}`;
		const first = groups.get(key);
		const evidence = [...new Set([...(first?.evidence ?? []), ...finding.evidence])];
		groups.set(key, { ...(first ?? finding), evidence });
	}
	return [...groups.values()];
}

/** What came in place of a success. */
export function wordsOf(reply: StunReply): string {
	if (reply.kind === "refused") return `${reply.code} ${reply.reason}`.trim();
	return reply.kind === "lost" ? reply.error.code : "no answer";
}
