import type { TurnCredentials } from "../../ice/turn-credentials.js";
import type { TurnConnectError } from "../../turn/connect-error.js";
import { addressOf, type StunAddress, xorAddressOf } from "../../turn/stun-attribute.js";
import type { StunReply, TurnClient } from "../../turn/turn-client.js";
import { attributeOf, attributeTypes } from "../../turn/turn-message.js";

/** What the server says of itself when it asks for credentials, or answers at all. */
export interface Challenge {
	readonly realm?: string;
	readonly software?: string;
}

/** How far an Allocate came (RFC 8656, section 7). */
export type Allocation =
	/** The transport failed. */
	| { readonly kind: "lost"; readonly error: TurnConnectError }
	/** No answer: to the handshake, or to the first or second Allocate. */
	| { readonly kind: "silent"; readonly at: "handshake" | "challenge" | "credentials" }
	| {
			readonly kind: "refused";
			/** Of the Allocate without credentials, or of the one with them. */
			readonly at: "challenge" | "credentials";
			readonly code: number;
			readonly reason: string;
			readonly challenge: Challenge;
			/** 300: where to go instead. */
			readonly alternate?: StunAddress;
	  }
	/** It asks for credentials, and there are none. */
	| { readonly kind: "no-credentials"; readonly challenge: Challenge }
	| {
			readonly kind: "allocated";
			/** Without credentials. */
			readonly isOpen: boolean;
			readonly challenge: Challenge;
			readonly relayed: StunAddress;
			/** The client, as the server sees it. */
			readonly mapped?: StunAddress;
			readonly rttMs: number;
	  };

/** Allocates as any client does: without credentials, to be told realm and nonce, then with them. */
export async function allocate(
	client: TurnClient,
	credentials: TurnCredentials | undefined,
): Promise<Allocation> {
	const broken = await client.connect();
	if (broken?.kind === "lost") return broken;
	if (broken !== undefined) return { kind: "silent", at: "handshake" };
	const first = await client.ask("allocate", { relay: true });
	const asked = first.kind === "refused" ? first : undefined;
	const realm = asked && attributeOf(asked.message, attributeTypes.realm);
	const nonce = asked && attributeOf(asked.message, attributeTypes.nonce);
	if (asked === undefined || asked.code !== 401 || realm === undefined || nonce === undefined)
		return outcome(first, "challenge", {});
	const challenge = challengeOf(asked.message);
	if (credentials === undefined) return { kind: "no-credentials", challenge };
	client.authenticate(credentials, realm, nonce);
	return outcome(await client.ask("allocate", { relay: true }), "credentials", challenge);
}

function outcome(
	reply: StunReply,
	at: "challenge" | "credentials",
	challenge: Challenge,
): Allocation {
	switch (reply.kind) {
		case "lost":
			return reply;
		case "silent":
			return { kind: "silent", at };
		case "refused": {
			const { code, reason, message } = reply;
			const alternate = addressOf(message, attributeTypes.alternateServer);
			const known = { ...challenge, ...challengeOf(message) };
			return {
				...{ kind: "refused", at, code, reason: printable(reason), challenge: known },
				...(alternate === undefined ? {} : { alternate }),
			};
		}
		case "success": {
			const relayed = xorAddressOf(reply.message, attributeTypes.xorRelayedAddress);
			if (relayed === undefined)
				return {
					...{ kind: "refused", at, code: 0, reason: "a success without a relayed address" },
					challenge,
				};
			const mapped = xorAddressOf(reply.message, attributeTypes.xorMappedAddress);
			return {
				...{ kind: "allocated", isOpen: at === "challenge", relayed, rttMs: reply.rttMs },
				challenge: { ...challenge, ...challengeOf(reply.message) },
				...(mapped === undefined ? {} : { mapped }),
			};
		}
	}
}

function challengeOf(message: Buffer): Challenge {
	const realm = textOf(message, attributeTypes.realm);
	const software = textOf(message, attributeTypes.software);
	return {
		...(realm === undefined ? {} : { realm }),
		...(software === undefined ? {} : { software }),
	};
}

function textOf(message: Buffer, type: number): string | undefined {
	const value = attributeOf(message, type);
	return value === undefined ? undefined : printable(value.toString());
}

/** The server's own words, cut and without control characters: they are shown on a terminal. */
function printable(text: string): string {
	return text
		.replace(/\p{Cc}/gu, " ")
		.trim()
		.slice(0, 128);
}
