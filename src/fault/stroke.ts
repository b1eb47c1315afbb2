import type { FaultEffect } from "../scenario/fault.js";
import { blow } from "./blow.js";
import type { FaultHands, Stroke } from "./fault-hands.js";
import { herd } from "./herd.js";
import { killWorker } from "./kill-worker.js";
import { restartServer } from "./restart-server.js";
import { restartTurn } from "./restart-turn.js";
import { spoiltNetwork } from "./spoilt-network.js";

/** What is to be done, by the word in the scenario. @throws Error where it cannot be done at this moment */
export function strokeOf(effect: FaultEffect, hands: FaultHands): Stroke {
	switch (effect.do) {
		case "signal-drop":
		case "full-reconnect":
		case "node-migration":
		case "server-leave":
			return blow(effect, hands);
		case "herd":
			return herd(effect, hands);
		case "restart-server":
			return restartServer(effect, hands);
		case "restart-turn":
			return restartTurn(effect, hands);
		case "kill-worker":
			return killWorker(effect, hands);
		default:
			return spoiltNetwork(effect, hands);
	}
}
