import { isIPv6 } from "node:net";
import { hostPort } from "../address.js";
import { nodeAddresses } from "./node-ip.js";
import type { LiveKitRule } from "./rule.js";

const list = ["rtc", "stun_servers"];
const scheme = /^(stuns?|turns?|https?):(\/\/)?/i;

/** What livekit-server hands out where no server is configured (mediatransportutil, `DefaultStunServers`). */
const publicServers = ["global.stun.twilio.com", "stun.l.google.com", "stun1.l.google.com"];

/** Entries of `rtc.stun_servers` that are no `host:port`. */
export const stunServerForm: LiveKitRule = function* (config) {
	const isAskedByServer = config.flag(["rtc", "use_external_ip"]);
	for (const [i, entry] of config.list(list).entries()) {
		if (typeof entry !== "string") continue;
		const path = [...list, i];
		const bare = entry
			.trim()
			.replace(scheme, "")
			.replace(/[/?].*$/, "");
		const right = withPort(bare);
		const set = { do: "set", path, value: right } as const;
		if (scheme.test(entry.trim()) || bare !== entry)
			yield config.finding(path, {
				id: "stun-server-scheme",
				title: `rtc.stun_servers has "${entry}", which is no host:port`,
				cause: `livekit-server puts "stun:" before it: "address ${entry}: too many colons in address". Participants are refused ("could not handle new participant"); with use_external_ip it does not even start.`,
				fix: `write "${right}" in place of "${entry}".`,
				edits: [set],
			});
		else if (isIPv6(bare))
			yield config.finding(path, {
				id: "stun-server-brackets",
				title: `rtc.stun_servers has the IPv6 address ${bare} without brackets`,
				cause: 'Its last group is read as a port: "too many colons in address".',
				fix: `write "${right}".`,
				edits: [set],
			});
		// Clients take 3478 for a missing port (RFC 7064); Go's dialler, which use_external_ip uses, does not.
		else if (isAskedByServer && hostPort(bare).port === undefined)
			yield config.finding(path, {
				id: "stun-server-port",
				title: `rtc.stun_servers has "${entry}" without a port`,
				cause:
					'With use_external_ip livekit-server asks it for its own address, fails with "missing port in address" and does not start.',
				fix: `write "${right}".`,
				edits: [set],
			});
	}
};

/** `stun_servers` empty or absent, which hands out public servers. */
export const stunServersDefault: LiveKitRule = function* (config, { relays = [] }) {
	if (config.list(list).length > 0 || handsOutOwnServers(config)) return;
	const change =
		"list your own STUN or TURN server there as host:port; an empty list changes nothing.";
	const dead = relays.filter(
		({ uri, works }) => !works && publicServers.some((host) => uri.includes(`:${host}:`)),
	);
	const isOneAlive = relays.some(({ uri, works }) => works && uri.startsWith("stun"));
	const isLoopbackOnly = nodeAddresses(config).some((address) => address.startsWith("127."));
	if (dead.length > 0 && !isOneAlive && !isLoopbackOnly)
		yield config.finding(list, {
			id: "stun-servers-public",
			severity: "warning",
			title:
				"rtc.stun_servers is not set, so clients are handed public STUN servers, which nothing here reaches",
			cause:
				"Each client waits for their answers while it gathers candidates, and gets no server-reflexive one.",
			fix: change,
			evidence: dead.map(({ uri }) => `${uri}: no answer`),
		});
	else if (Array.isArray(config.get(list)))
		yield config.finding(list, {
			id: "stun-servers-empty",
			severity: "warning",
			title: "rtc.stun_servers is [], which does not switch STUN off",
			cause: `livekit-server takes an empty list for none given and hands clients ${publicServers[0]} and two more: on a closed network each connect waits for them.`,
			fix: change,
		});
};

/** With a TURN server of its own over UDP, or `turn_servers`, it hands out no public STUN server. */
function handsOutOwnServers(config: Parameters<LiveKitRule>[0]): boolean {
	const hasTurn =
		config.flag(["turn", "enabled"]) && (config.number(["turn", "udp_port"]) ?? 0) > 0;
	return hasTurn || config.list(["rtc", "turn_servers"]).length > 0;
}

function withPort(bare: string): string {
	const { host, port } = hostPort(bare);
	return `${isIPv6(host) ? `[${host}]` : host}:${port ?? "3478"}`;
}
