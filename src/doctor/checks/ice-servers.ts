import type { Check } from "../check.js";
import { checkIceServers } from "../ice-servers/ice-servers.js";

export const iceServers: Check = {
	id: "ice-servers",
	title: "Are the ICE servers that clients get usable?",
	after: ["signal"],
	run: checkIceServers,
};
