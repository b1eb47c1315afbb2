import { UserError } from "../error/user-error.js";
import { isNetworkEffect, type NetworkEffect } from "../scenario/fault.js";
import type { Scenario } from "../scenario/scenario.js";

/** The faults of a scenario that spoil the network. */
export function networkFaultsOf({ faults }: Pick<Scenario, "faults">): NetworkEffect[] {
	return faults.flatMap(({ effect }) => (isNetworkEffect(effect) ? [effect] : []));
}

/**
 * Only what livesoak itself started can be restarted or cut off.
 * @param named what the user names instead
 * @throws UserError for a fault that could not be carried out
 */
export function checkFaults(
	scenario: Pick<Scenario, "faults">,
	named: { readonly server: boolean; readonly turn: boolean },
): void {
	const kinds = scenario.faults.map(({ effect }) => effect.do);
	const [network] = networkFaultsOf(scenario);
	const onServer = network?.do ?? kinds.find((kind) => kind === "restart-server");
	if (named.server && onServer !== undefined) throw notOurs(onServer, "server", "--url");
	const onTurn = network?.do ?? kinds.find((kind) => kind === "restart-turn");
	if ((named.turn || named.server) && onTurn !== undefined)
		throw notOurs(onTurn, "TURN server", named.turn ? "--turn" : "--url");
}

function notOurs(kind: string, what: string, flag: string): UserError {
	return new UserError({
		message: `The fault ${kind} is for the ${what} that livesoak starts itself, and ${flag} names another one.`,
		hint: `Leave ${flag} out, or take the fault out of the scenario; signal-drop, full-reconnect, node-migration, server-leave, herd and kill-worker work with any server.`,
	});
}
