import type { NetworkEffect } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

/** `loss`, `delay`, `jitter`, `reorder`, `duplicate`, `bandwidth`, `partition`: both ways, for a stretch of time. */
export const spoiltNetwork: FaultKind<NetworkEffect> = (effect, { people, tools, wait }) => {
	const { network } = tools;
	if (!network) throw new Error("the network is not livesoak's own");
	return {
		means: network.meansOf(effect),
		seats: people.joinedSeats,
		carryOut: async () => {
			await network.impair(effect);
			await wait(effect.forMs);
		},
		undo: () => network.heal(),
	};
};
