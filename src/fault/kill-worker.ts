import type { FaultEffect } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

/** `kill-worker`: one of livesoak's own processes dies, as when the system runs out of memory; they take turns. */
export const killWorker: FaultKind<Extract<FaultEffect, { do: "restart-turn" | "kill-worker" }>> = (
	_effect,
	{ people, number },
) => {
	const victim = people.victim(number);
	if (!victim) throw new Error("no worker has a participant in a room");
	return {
		means: `SIGKILL of worker process ${victim.pid}`,
		seats: victim.seats,
		carryOut: async () => victim.kill(),
	};
};
