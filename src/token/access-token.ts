import { AccessToken } from "livekit-server-sdk";
import { UserError } from "../error/user-error.js";
import type { TokenRequest, TokenSource } from "./token-source.js";

export interface ApiKey {
	readonly apiKey: string;
	readonly apiSecret: string;
}

export interface TokenOrder extends ApiKey, Omit<TokenRequest, "index"> {
	/** How long the token lets in; a joined participant stays beyond it. Rounded up to whole seconds. */
	readonly ttlMs: number;
}

/**
 * A LiveKit access token with the least that the participant needs: to join this one room, and to publish
 * subscribe or send data if it does. No metadata, no administration.
 *
 * @throws UserError when the key or the secret is missing.
 */
export async function mintToken(order: TokenOrder): Promise<string> {
	requireApiKey(order);
	const token = new AccessToken(order.apiKey, order.apiSecret, {
		identity: order.identity,
		ttl: Math.max(1, Math.ceil(order.ttlMs / 1000)),
	});
	// Said out loud where false: LiveKit reads an absent canPublish or canPublishData as allowed.
	token.addGrant({
		roomJoin: true,
		room: order.room,
		canPublish: order.canPublish,
		canSubscribe: order.canSubscribe,
		canPublishData: order.canPublishData ?? false,
	});
	return token.toJwt();
}

/**
 * Tokens made here, from the server's own key.
 * @throws UserError when the key or the secret is missing.
 */
export function mintedTokens(options: ApiKey & { readonly ttlMs: number }): TokenSource {
	requireApiKey(options);
	return {
		kind: "minted",
		tokenFor: async ({ index: _, ...request }) => ({
			token: await mintToken({ ...options, ...request }),
		}),
	};
}

function requireApiKey({ apiKey, apiSecret }: ApiKey): void {
	if (apiKey !== "" && apiSecret !== "") return;
	const [what, flag, variable] =
		apiKey === ""
			? ["key", "--api-key", "LIVEKIT_API_KEY"]
			: ["secret", "--api-secret", "LIVEKIT_API_SECRET"];
	throw new UserError({
		message: `The LiveKit API ${what} is missing.`,
		hint: `Give ${flag} or ${variable} (or --token-url, if a service makes the tokens).`,
	});
}
