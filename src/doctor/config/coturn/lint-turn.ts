import type { LintFacts } from "../lint-facts.js";
import type { Lint } from "../lint-finding.js";
import { externalIp, ownAddresses, relayReachable } from "./addresses.js";
import { certificates } from "./certificates.js";
import { authentication, realm, sameCredentials } from "./credentials.js";
import { knownOptions, optionsOnce, valueKinds, valuesAlone } from "./known-options.js";
import type { LineEdit } from "./line-edit.js";
import { outdated } from "./options.js";
import { guardedPeers, sfuAllowed, staleNonce } from "./peers.js";
import { bandwidth, quotas } from "./quotas.js";
import { listeningPorts, relayPorts } from "./relay-ports.js";
import type { TurnRule } from "./rule.js";
import { stunAndTurn, transports, udpRelay } from "./transports.js";
import { TurnConfig } from "./turn-config.js";

/** What keeps everybody out comes first, then what some meet, then what is only unsafe. */
const rules: readonly TurnRule[] = [
	valuesAlone,
	valueKinds,
	udpRelay,
	transports,
	realm,
	sameCredentials,
	authentication,
	stunAndTurn,
	relayPorts,
	listeningPorts,
	externalIp,
	ownAddresses,
	relayReachable,
	sfuAllowed,
	quotas,
	bandwidth,
	certificates,
	knownOptions,
	optionsOnce,
	guardedPeers,
	staleNonce,
];

/**
 * Looks for what is wrong in a turnserver.conf, by the reading of coturn 4.6.1. Pure.
 * @throws UserError (exit 2) where no line of it is an option of coturn
 */
export function lintTurnConfig(text: string, facts: LintFacts): Lint<LineEdit> {
	const config = new TurnConfig(text, facts.fileName);
	const notes = config.options.flatMap(({ name, line }) => {
		const why = outdated.get(name);
		return why === undefined ? [] : [`${facts.fileName}:${line}: ${name}: ${why}`];
	});
	return { findings: rules.flatMap((rule) => [...rule(config, facts)]), notes };
}
