import type { LintFacts } from "../lint-facts.js";
import type { Lint } from "../lint-finding.js";
import { apiKeys, keyFile } from "./api-keys.js";
import { bindAddresses } from "./bind-addresses.js";
import { keysOnce, knownKeysOnly } from "./known-keys-only.js";
import { LiveKitConfig } from "./livekit-config.js";
import { portNumbers, portRange, tcpPort, udpPort } from "./media-ports.js";
import { nodeIpIgnored, nodeIpReachable } from "./node-ip.js";
import { portRights, portsApart, portsForClients } from "./ports-apart.js";
import { redis } from "./redis.js";
import type { LiveKitRule } from "./rule.js";
import { stunServerForm, stunServersDefault } from "./stun-servers.js";
import { turnCertificate, turnPeers, turnPorts, turnRelayRange } from "./turn.js";
import { turnServers } from "./turn-servers.js";
import { types } from "./types.js";
import type { YamlEdit } from "./yaml-edit.js";

/** What keeps the server from starting comes first, then what no client gets past, then what some meet. */
const rules: readonly LiveKitRule[] = [
	keysOnce,
	knownKeysOnly,
	types,
	portNumbers,
	stunServerForm,
	portRange,
	portsApart,
	redis,
	turnPorts,
	turnCertificate,
	keyFile,
	apiKeys,
	turnServers,
	turnPeers,
	nodeIpReachable,
	bindAddresses,
	nodeIpIgnored,
	udpPort,
	tcpPort,
	turnRelayRange,
	portsForClients,
	portRights,
	stunServersDefault,
];

/**
 * Looks for what is wrong in a livekit.yaml, by the reading of livekit-server v1.13.5. Pure.
 * @throws UserError (exit 2) with file and line, where it is no YAML mapping at all
 */
export function lintLivekitConfig(text: string, facts: LintFacts): Lint<YamlEdit> {
	const config = new LiveKitConfig(text, facts.fileName);
	return { findings: rules.flatMap((rule) => [...rule(config, facts)]), notes: [] };
}
