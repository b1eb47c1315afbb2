import { isLoopback } from "../address.js";
import type { LiveKitRule } from "./rule.js";

/**
 * `bind_addresses` on loopback alone, while clients go straight to the server's own port on another address. Behind a
 * proxy on the same machine it is right, and then clients come by another port.
 */
export const bindAddresses: LiveKitRule = function* (config, { url, serverAddresses = [] }) {
	const path = ["bind_addresses"];
	const addresses = config.list(path).map(String);
	const port = config.number(["port"]) ?? 7880;
	if (addresses.length === 0 || !addresses.every((one) => isLoopback(one) || one === "localhost"))
		return;
	if (url === undefined || url.port !== String(port) || serverAddresses.length === 0) return;
	if (serverAddresses.some(isLoopback)) return;
	yield config.finding(path, {
		id: "bind-addresses-loopback",
		title: `bind_addresses is ${addresses.join(", ")}, but clients connect to ${url.host}`,
		cause: "livekit-server listens for this machine alone: their WebSocket is refused.",
		fix: 'write bind_addresses: ["0.0.0.0"] (or remove it); or let clients come by the proxy in front of it.',
	});
};
