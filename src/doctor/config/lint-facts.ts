import type { DoctorTarget, RelayFact } from "../context.js";

/** What is known about a file that a config names. */
export interface FileFact {
	readonly state: "there" | "absent" | "unreadable" | "directory";
	/** Permission bits, such as 0o640. */
	readonly mode?: number;
	/** Its text where it could be read (1 MiB at most). Holds secrets: never shown. */
	readonly text?: string;
}

/** The machine that a config is for, where that is the one we run on. */
export interface MachineFacts {
	/** Of its interfaces, loopback included. */
	readonly addresses: readonly string[];
	/** Ports below it need root or a capability; 0 where we may bind any. */
	readonly firstFreePort: number;
	/** Ports on which something listens now. */
	readonly listening: { readonly udp: ReadonlySet<number>; readonly tcp: ReadonlySet<number> };
	/** @param path absolute; a relative one is unknown, as it depends on where the server was started */
	file(path: string): FileFact | undefined;
}

/**
 * All that the rules know beside the text: they themselves look at nothing. What is absent is unknown, and no rule
 * guesses from it.
 */
export interface LintFacts {
	/** As the user named it; findings begin their place with it. */
	readonly fileName: string;
	/** Planned at once, in a conversation: each of them publishes and subscribes. */
	readonly participants: number;
	/** Epoch milliseconds, for certificates. */
	readonly nowMs: number;
	/** Of the LiveKit server, as its clients get to it. */
	readonly url?: URL;
	/** What the host of `url` resolves to. */
	readonly serverAddresses?: readonly string[];
	/** It has answered a join, be it with a refusal: what keeps a server from starting is not the case. */
	readonly serverAnswers?: boolean;
	/** As its JoinResponse says: "1.13.5". */
	readonly serverVersion?: string;
	/** What clients' tokens are signed with. */
	readonly apiKey?: string;
	readonly apiSecret?: string;
	/** The TURN server as clients get it, with their secret or user name. */
	readonly turn?: DoctorTarget["turn"];
	/** URIs of STUN and TURN servers that clients are handed, whoever does. */
	readonly iceUris?: readonly string[];
	/** What the host of the TURN server resolves to. */
	readonly turnAddresses?: readonly string[];
	/** How the STUN and TURN servers did. */
	readonly relays?: readonly RelayFact[];
	/** Addresses with which the LiveKit server takes part in ICE: what a TURN server must relay to. */
	readonly sfuAddresses?: readonly string[];
	/** Absent: the file is of another machine, so its paths and addresses cannot be looked at. */
	readonly machine?: MachineFacts;
}

/** Whether a client got a relayed address from any TURN server. */
export function someRelayWorks(facts: LintFacts): boolean {
	return facts.relays?.some(({ uri, works }) => works && uri.startsWith("turn")) ?? false;
}
