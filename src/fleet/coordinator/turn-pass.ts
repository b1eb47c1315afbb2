import { UserError } from "../../error/user-error.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import { restCredentials } from "../../ice/turn-credentials.js";
import type { Plan } from "../../plan/plan.js";
import { openTurn, type TurnSettings } from "../../pool/connection.js";
import type { ToAgentKind } from "../to-agent.js";

/** TURN servers as an agent is told of them. */
export type TurnPass = NonNullable<ToAgentKind<"prepare">["turn"]>;

const beyondTheRunMs = 3_600_000;

/**
 * What one agent needs to go through the TURN servers, for as long as the run lasts and an hour. The secret that
 * credentials are computed from stays here. A service is asked once for each agent.
 * @param name shows in the TURN server's log
 * @throws UserError when a service's answer cannot be handed on; JoinError when it fails
 */
export async function turnPass(
	settings: TurnSettings,
	plan: Pick<Plan, "seats" | "durationMs">,
	of: { readonly name: string; readonly nowMs: number },
): Promise<TurnPass> {
	const ttlMs = plan.durationMs + beyondTheRunMs;
	switch (settings.kind) {
		case "static": {
			const { uris, username, password } = settings;
			return { uris: [...uris], username, password };
		}
		case "rest": {
			const { uris, secret } = settings;
			return { uris: [...uris], ...restCredentials({ secret, ttlMs, ...of }) };
		}
		case "service": {
			const source = openTurn(settings, ttlMs, () => of.nowMs);
			const policies = [...new Set(plan.seats.map(({ ice }) => ice))].filter(isRelayPolicy);
			const [policy, ...others] = policies;
			if (policy === undefined || others.length > 0)
				throw new UserError({
					message: `--turn-url cannot serve agents with ${policies.join(" and ")} in one scenario: its credentials are asked for once.`,
					hint: "Give --turn with LIVESOAK_TURN_SECRET, or one relay policy in a run.",
				});
			const [server] = await source.serversFor(policy, 0);
			if (!server) throw new Error(`the TURN service named no server for ${policy}`);
			return { uris: [...server.urls], username: server.username, password: server.password };
		}
	}
}
