import { isInRange, isLoopback } from "../address.js";
import { isLoopbackOnly } from "./credentials.js";
import type { TurnRule } from "./rule.js";

/** Peers that no client should reach through the relay. */
export const guardedPeers: TurnRule = function* (config) {
	// A server that only this machine reaches guards nothing.
	if (isLoopbackOnly(config)) return;
	const loopback = config.last("allow-loopback-peers");
	if (loopback !== undefined && config.isOn("allow-loopback-peers"))
		yield config.finding(loopback, {
			id: "coturn-loopback-peers",
			severity: "warning",
			title: "turnserver.conf has allow-loopback-peers on a server that others reach",
			cause:
				"Whoever has credentials gets at the services of this machine that listen on loopback.",
			fix: "remove allow-loopback-peers (since coturn 4.5.1 loopback peers are denied by default).",
			edits: [{ do: "disable", line: loopback.line }],
		});
	const isMulticastDenied = config
		.all("denied-peer-ip")
		.some(({ value }) => isInRange("224.0.0.1", value));
	const isRelaying = !config.isOn("stun-only");
	if (isRelaying && !config.isOn("no-multicast-peers") && !isMulticastDenied)
		yield config.finding(undefined, {
			id: "coturn-multicast-peers",
			severity: "warning",
			title: "turnserver.conf lacks no-multicast-peers",
			cause: "Whoever has credentials can send to the multicast groups of the server's network.",
			fix: "add the line no-multicast-peers.",
			edits: [{ do: "append", text: "no-multicast-peers" }],
		});
};

/** `stale-nonce=0`. Without the option a nonce lives 600 s, which is right. */
export const staleNonce: TurnRule = function* (config) {
	const option = config.last("stale-nonce");
	if (option === undefined || option.value === "" || config.number("stale-nonce", 600) > 0) return;
	yield config.finding(option, {
		id: "coturn-stale-nonce",
		severity: "warning",
		title: `turnserver.conf has stale-nonce=${option.value}: a nonce never expires`,
		cause: "A request that was overheard can be sent again at any time.",
		fix: "write stale-nonce=600.",
		edits: [{ do: "replace", line: option.line, text: "stale-nonce=600" }],
	});
};

/** The LiveKit server itself, which is the one peer that must be allowed. */
export const sfuAllowed: TurnRule = function* (config, { sfuAddresses = [] }) {
	const allowed = config.all("allowed-peer-ip");
	const denied = config.all("denied-peer-ip");
	for (const address of new Set(sfuAddresses)) {
		if (allowed.some(({ value }) => isInRange(address, value))) continue;
		const rule = denied.find(({ value }) => isInRange(address, value));
		if (rule !== undefined)
			yield config.finding(rule, {
				id: "coturn-peer-denied",
				title: `turnserver.conf denies the LiveKit server's address ${address} as a peer`,
				cause:
					"Clients that need the relay get 403 for each permission: they cannot reach the server through it.",
				fix: `add allowed-peer-ip=${address}.`,
				edits: [{ do: "append", text: `allowed-peer-ip=${address}` }],
			});
		else if (isLoopback(address) && !config.isOn("allow-loopback-peers"))
			yield config.finding(config.last("allow-loopback-peers"), {
				id: "coturn-loopback-denied",
				title: `turnserver.conf does not allow loopback peers, but the LiveKit server advertises ${address}`,
				cause: "Clients that need the relay get 403 for each permission.",
				fix: "let the LiveKit server advertise another address (rtc.node_ip); on a machine for tests, add allow-loopback-peers.",
			});
	}
};
