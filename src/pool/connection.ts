import { restTurn } from "../ice/rest-turn.js";
import { staticTurn } from "../ice/static-turn.js";
import type { TurnSource } from "../ice/turn-source.js";
import { mintedTokens } from "../token/access-token.js";
import { serviceTokens, type TokenServiceOptions } from "../token/token-service.js";
import type { TokenSource } from "../token/token-source.js";
import { serviceTurn, type TurnServiceOptions } from "../token/turn-service.js";

/** Where access tokens come from, as plain data that a worker can be sent. */
export type TokenSettings =
	| { readonly kind: "minted"; readonly apiKey: string; readonly apiSecret: string }
	| ({ readonly kind: "service" } & TokenServiceOptions)
	/** Somebody else makes them and hands them out one by one: no secret here. */
	| { readonly kind: "given" };

/** Where TURN servers and their credentials come from, as plain data. */
export type TurnSettings =
	| {
			readonly kind: "static";
			readonly uris: readonly string[];
			readonly username: string;
			readonly password: string;
	  }
	| { readonly kind: "rest"; readonly uris: readonly string[]; readonly secret: string }
	| ({ readonly kind: "service" } & TurnServiceOptions);

/** How to reach the server under test. Holds secrets: it goes to workers, never into a result. */
export interface Connection {
	readonly url: string;
	readonly tokens: TokenSettings;
	readonly turn?: TurnSettings;
	/** PEM of the private CA of a `turns:` server. */
	readonly turnCaPem?: string;
}

/**
 * @param given those that are handed out, for settings of that kind
 * @throws UserError when the settings are wrong
 */
export function openTokens(
	settings: TokenSettings,
	ttlMs: number,
	given?: TokenSource,
): TokenSource {
	switch (settings.kind) {
		case "minted":
			return mintedTokens({ ...settings, ttlMs });
		case "service":
			return serviceTokens(settings);
		case "given":
			if (!given) throw new Error("nobody hands out tokens here");
			return given;
	}
}

/** @throws UserError when the settings are wrong */
export function openTurn(settings: TurnSettings, ttlMs: number, nowMs: () => number): TurnSource {
	switch (settings.kind) {
		case "static":
			return staticTurn(settings.uris, settings);
		case "rest":
			return restTurn({ ...settings, ttlMs, nowMs });
		case "service":
			return serviceTurn(settings);
	}
}
