import type { TurnCredentials } from "../../ice/turn-credentials.js";
import { formatIceUri, parseIceUri } from "../../ice/uri.js";
import type { HandedIceServer } from "../context.js";

export type WireTransport = "udp" | "tcp" | "tls";

/** What one handed-out URI promises: this server answers over this transport, with these credentials. */
export interface ServerClaim {
	readonly protocol: "stun" | "turn";
	/** Name or address, as the URI has it. */
	readonly host: string;
	readonly port: number;
	readonly transport: WireTransport;
	/** Normal form, with its port and without credentials. */
	readonly uri: string;
	/** TURN only; absent where none were handed out. */
	readonly credentials?: TurnCredentials;
	readonly from: HandedIceServer["from"];
}

/**
 * The claims in a list of ICE servers, each once. URIs that cannot be read are left to the check of the list itself,
 * and so is `turns:…?transport=udp` (DTLS), which no browser and no LiveKit client speaks.
 */
export function claimsOf(servers: readonly HandedIceServer[]): ServerClaim[] {
	const found = new Map<string, ServerClaim>();
	for (const server of servers) {
		for (const url of server.urls) {
			const claim = claimOf(url, server);
			if (claim === undefined) continue;
			const { uri, transport, credentials } = claim;
			const key = [uri, transport, credentials?.username, credentials?.password].join("\n");
			if (!found.has(key)) found.set(key, claim);
		}
	}
	return [...found.values()];
}

/** `host:port`, for messages and for comparing. */
export function endpointOf({ host, port }: Pick<ServerClaim, "host" | "port">): string {
	return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function claimOf(url: string, server: HandedIceServer): ServerClaim | undefined {
	const uri = readable(url);
	if (uri === undefined) return undefined;
	const isSecure = uri.scheme === "stuns" || uri.scheme === "turns";
	if (isSecure && uri.transport === "udp") return undefined;
	const protocol = uri.scheme.startsWith("stun") ? "stun" : "turn";
	const { username, password } = server;
	return {
		...{ protocol, host: uri.host, port: uri.port, uri: formatIceUri(uri), from: server.from },
		// Without transport= clients try UDP alone for turn: and TCP alone for turns:.
		transport: isSecure ? "tls" : (uri.transport ?? "udp"),
		...(protocol === "turn" && username !== "" && password !== ""
			? { credentials: { username, password } }
			: {}),
	};
}

function readable(url: string) {
	try {
		return parseIceUri(url);
	} catch {
		return undefined;
	}
}
