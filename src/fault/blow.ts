import type { Blow } from "../scenario/fault.js";
import type { FaultKind } from "./fault-hands.js";

const means: Readonly<Record<Blow, string>> = {
	"signal-drop": "the client's WebSocket is cut",
	"full-reconnect": "the client gives its session up and joins anew",
	"node-migration": "LiveKit's SimulateScenario: migration",
	"server-leave": "LiveKit's SimulateScenario: serverLeave; whom it sends out joins again",
};

/** `signal-drop`, `full-reconnect`, `node-migration`, `server-leave`: LiveKit's own test faults, one connection each. */
export const blow: FaultKind<{ readonly do: Blow; readonly share: number }> = (
	{ do: kind, share },
	{ people, choose },
) => ({ means: means[kind], seats: choose(people.joinedSeats, share), blow: kind });
