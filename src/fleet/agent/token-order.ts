import type { TokenHandout } from "../../pool/handout.js";
import type { JoinToken } from "../../token/token-source.js";
import type { ToAgentKind } from "../to-agent.js";
import type { AllowList } from "./allow-list.js";

/** The tokens of an order; one whose own URL is not on the list is refused, with the reason. */
export function givenTo(order: ToAgentKind<"tokens">, allowList: AllowList): TokenHandout {
	const tokens = new Map<string, JoinToken>();
	const refused = new Map(Object.entries(order.refused));
	for (const [identity, { token, url }] of Object.entries(order.tokens)) {
		try {
			tokens.set(identity, { token, ...(url === undefined ? {} : { url: allowList.server(url) }) });
		} catch (error) {
			refused.set(identity, error instanceof Error ? error.message : "its URL is refused");
		}
	}
	return { tokens: Object.fromEntries(tokens), refused: Object.fromEntries(refused) };
}
