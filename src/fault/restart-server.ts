import type { FaultEffect } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

/** `restart-server`: the embedded livekit-server ends and starts anew, with the same address and keys. */
export const restartServer: FaultKind<Extract<FaultEffect, { do: "restart-server" }>> = (
	{ how },
	{ people, tools },
) => {
	const { restartServer } = tools;
	if (!restartServer) throw new Error("the server is not livesoak's own");
	return {
		means:
			how === "crash" ? "SIGKILL of livekit-server, then a new one" : "SIGTERM, then a new one",
		seats: people.joinedSeats,
		carryOut: () => restartServer(how),
	};
};
