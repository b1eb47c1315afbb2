import type { JoinResponse } from "@livekit/protocol";
import type { Clock } from "../clock/clock.js";
import type { IceServer } from "../ice/ice-server.js";
import type { IcePolicy } from "../ice/policy.js";
import type { TokenServiceOptions } from "../token/token-service.js";

/** What the user has given; absent is unknown, and whatever needs it is skipped. */
export interface DoctorTarget {
	/** `ws://`, `wss://`, `http://` or `https://` of the LiveKit server. Absent: only tokens and files are looked at. */
	readonly url?: URL;
	/** A ready token, as the application would use it. */
	readonly token?: string;
	/** Both or none: tokens are minted with them, and a given token's signature is checked. */
	readonly apiKey?: string;
	readonly apiSecret?: string;
	/** A service that hands out tokens (as in scenarios: see `token/token-service.ts`). */
	readonly tokenUrl?: URL;
	/** What is asked of it and where its answer holds the token, if not as `token-service.ts` expects. */
	readonly tokenService?: Pick<TokenServiceOptions, "body" | "responseField">;
	/** A service that hands out ICE servers (see `token/turn-service.ts`). */
	readonly turnUrl?: URL;
	/** A TURN server by its URI, with either a secret (TURN REST) or a user name and password. */
	readonly turn?: {
		readonly uri: string;
		readonly secret?: string;
		readonly username?: string;
		readonly password?: string;
	};
	readonly livekitConfig?: string;
	readonly turnConfig?: string;
	/** Participants that are planned: port ranges are judged by it. */
	readonly participants: number;
	/** PEM of an extra CA, for HTTPS, WSS and TURN over TLS. */
	readonly caPem?: string;
}

/** An ICE server, and who handed it out. */
export interface HandedIceServer extends IceServer {
	/** `server`: the JoinResponse; `service`: --turn-url; `flag`: --turn. */
	readonly from: "server" | "service" | "flag";
}

/** How one STUN or TURN server did over one transport. */
export interface RelayFact {
	/** RFC 7064/7065, without credentials. */
	readonly uri: string;
	readonly transport: "udp" | "tcp" | "tls";
	readonly works: boolean;
}

/** What the checks have found out, for those after them. Each is written by the one check that is named. */
export interface DoctorFacts {
	/** `dns`: what the URL's host stands for; empty where the name is not known. */
	addresses?: readonly string[];
	/** `tcp`: whether one of them accepts connections. */
	isOpen?: boolean;
	/**
	 * `tls`: `none` for ws:// to a port that speaks plain HTTP. `failed`: no HTTP can be spoken by the URL's scheme.
	 * No token is sent where it is `untrusted`.
	 */
	tls?: "none" | "trusted" | "untrusted" | "failed";
	/** `http`: whether it is LiveKit that answers there. */
	isLiveKit?: boolean;
	/** `http`: the server's clock minus ours. */
	clockOffsetMs?: number;
	/** `token`: what to join with; two identities of one room where we may mint, else the given one alone. */
	tokens?: readonly { readonly text: string; readonly identity: string; readonly room: string }[];
	/** `signal` */
	join?: JoinResponse;
	/** `signal`: what came in place of a JoinResponse. */
	refusal?: { readonly status?: number; readonly text: string };
	/** `ice-servers` */
	iceServers?: readonly HandedIceServer[];
	/** `stun`: whether each of them told an address. */
	stunServers?: readonly RelayFact[];
	/** `turn` */
	relays?: readonly RelayFact[];
	/** `connection`: which policies reached a connected peer connection. */
	connected?: Partial<Record<IcePolicy, boolean>>;
}

export interface DoctorContext {
	readonly target: DoctorTarget;
	readonly facts: DoctorFacts;
	readonly clock: Clock;
	/** The end of the whole examination: 40 s, or Ctrl-C. */
	readonly signal: AbortSignal;
}
