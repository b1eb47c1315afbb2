import { isIP } from "node:net";
import { isLoopback, isPrivate, isPublic, isUnspecified } from "../address.js";
import type { LiveKitConfig } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";

const path = ["rtc", "node_ip"];

/** The addresses of `rtc.node_ip`; none where it is not set or malformed. */
export function nodeAddresses(config: LiveKitConfig): readonly string[] {
	const parts = (config.text(path) ?? "").split(",").map((part) => part.trim());
	return parts.filter((part) => isIP(part) !== 0);
}

/** `node_ip` beside `use_external_ip`, which overrides it. */
export const nodeIpIgnored: LiveKitRule = function* (config) {
	const addresses = nodeAddresses(config);
	if (!config.flag(["rtc", "use_external_ip"]) || addresses.length === 0) return;
	const isUseful = addresses.some(isPublic);
	yield config.finding(path, {
		id: "node-ip-ignored",
		severity: "warning",
		title: `rtc.node_ip ${addresses.join(", ")} is ignored because rtc.use_external_ip is true`,
		cause:
			"use_external_ip takes precedence: the address that a STUN server reports is advertised, and without an answer the server does not start.",
		fix: isUseful
			? "set rtc.use_external_ip to false, so that node_ip counts; or remove node_ip."
			: "remove rtc.node_ip; or set use_external_ip to false.",
		edits: isUseful
			? [{ do: "set", path: ["rtc", "use_external_ip"], value: false }]
			: [{ do: "remove", path }],
	});
};

/** `node_ip` that clients of a public server cannot send to. */
export const nodeIpReachable: LiveKitRule = function* (config, { serverAddresses = [] }) {
	if (config.flag(["rtc", "use_external_ip"])) return;
	const addresses = nodeAddresses(config);
	const advertised = addresses.join(", ");
	if (addresses.some(isUnspecified)) {
		yield config.finding(path, {
			id: "node-ip-unreachable",
			title: `rtc.node_ip is ${advertised}, which is no address that a client can send to`,
			cause: "It is put into every ICE candidate of the server.",
			fix: "write the address of this node as its clients reach it.",
		});
		return;
	}
	if (addresses.length === 0 || serverAddresses.length === 0) return;
	const isPublicServer = serverAddresses.every(isPublic);
	const isRemote = serverAddresses.every((address) => !isLoopback(address));
	const isDead = addresses.every(
		(one) => (isPublicServer && isPrivate(one)) || (isRemote && isLoopback(one)),
	);
	if (!isDead) return;
	yield config.finding(path, {
		id: "node-ip-unreachable",
		// Signalling may run over a load balancer while clients are in the node's own network.
		confidence: addresses.every(isLoopback) ? "proven" : "likely",
		title: `rtc.node_ip is ${advertised}, but clients reach the server at ${serverAddresses.join(", ")}`,
		cause:
			"The server's ICE candidates carry an address that its clients cannot send to: ICE fails after 25 s.",
		fix: "set rtc.node_ip to the public address of this node, or remove it and set use_external_ip to true.",
	});
};
