import type { FaultEffect } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

/** `restart-turn`: the embedded coturn ends, and with it every allocation, and starts anew on the same ports. */
export const restartTurn: FaultKind<
	Extract<FaultEffect, { do: "restart-turn" | "kill-worker" }>
> = (_effect, { people, tools }) => {
	const { restartTurn } = tools;
	if (!restartTurn) throw new Error("the TURN server is not livesoak's own");
	return {
		means: "SIGTERM of coturn, then a new one",
		seats: people.joinedSeats,
		carryOut: restartTurn,
	};
};
