import type { CandidateType } from "./candidate-pair.js";
import type { IcePolicy } from "./policy.js";

/** An ICE candidate as SDP writes it (RFC 8839, section 5.1; TCP types by RFC 6544). */
export interface Candidate {
	readonly foundation: string;
	readonly component: number;
	readonly transport: "udp" | "tcp";
	readonly priority: number;
	/** IPv4, IPv6 or an mDNS name. */
	readonly address: string;
	readonly port: number;
	readonly type: CandidateType;
	readonly relatedAddress?: string;
	readonly relatedPort?: number;
	readonly tcpType?: "active" | "passive" | "so";
}

const types: readonly string[] = ["host", "srflx", "prflx", "relay"] satisfies CandidateType[];
const tcpTypes: readonly string[] = ["active", "passive", "so"];

/**
 * Reads a candidate line, with or without `a=` and `candidate:` before it. Unknown extensions are ignored, as
 * the RFC asks. Anything else (also the empty end-of-candidates line) gives undefined.
 */
export function parseCandidate(line: string): Candidate | undefined {
	const text = line.trim().replace(/^(a=)?(candidate:)?/i, "");
	const [foundation = "", component, protocol, priority, address = "", port, typ, type, ...rest] =
		text.split(/ +/);
	const transport = protocol?.toLowerCase();
	const numbers = { component: whole(component), priority: whole(priority), port: whole(port) };
	if (
		foundation === "" ||
		address === "" ||
		(transport !== "udp" && transport !== "tcp") ||
		typ !== "typ" ||
		!isType(type) ||
		numbers.component === undefined ||
		numbers.priority === undefined ||
		numbers.port === undefined ||
		numbers.port > 65_535
	)
		return undefined;

	const extensions = pairs(rest);
	const relatedAddress = extensions.get("raddr");
	const relatedPort = whole(extensions.get("rport"));
	const tcpType = extensions.get("tcptype");
	return {
		foundation,
		component: numbers.component,
		transport,
		priority: numbers.priority,
		address,
		port: numbers.port,
		type,
		...(relatedAddress === undefined ? {} : { relatedAddress }),
		...(relatedPort === undefined ? {} : { relatedPort }),
		...(isTcpType(tcpType) ? { tcpType } : {}),
	};
}

/** The candidate line with another address and port; what else stands in it stays. */
export function withAddress(line: string, address: string, port: number): string {
	const words = line.split(" ");
	words[4] = address;
	words[5] = String(port);
	return words.join(" ");
}

/** Whether the policy may use this candidate. A candidate line does not tell the relay's transport. */
export function isWanted(policy: IcePolicy, candidate: Candidate): boolean {
	switch (policy) {
		case "direct":
			return candidate.type !== "relay";
		case "tcp":
			return candidate.type !== "relay" && candidate.transport === "tcp";
		case "relay-udp":
		case "relay-tcp":
		case "relay-tls":
			return candidate.type === "relay";
	}
}

function pairs(words: readonly string[]): Map<string, string> {
	const map = new Map<string, string>();
	for (let i = 0; i + 1 < words.length; i += 2) map.set(words[i] ?? "", words[i + 1] ?? "");
	return map;
}

function whole(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function isType(text: string | undefined): text is CandidateType {
	return text !== undefined && types.includes(text);
}

function isTcpType(text: string | undefined): text is NonNullable<Candidate["tcpType"]> {
	return text !== undefined && tcpTypes.includes(text);
}
