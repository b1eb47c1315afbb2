import type { FaultEffect } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

/** `herd`: all of them leave at once, and join again at once. */
export const herd: FaultKind<Extract<FaultEffect, { do: "herd" }>> = (
	{ share, awayMs },
	{ people, choose },
) => ({
	means: `all leave at once, and join again after ${awayMs / 1000} s`,
	seats: choose(people.joinedSeats, share),
	blow: { herd: { awayMs } },
});
