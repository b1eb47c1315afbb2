import type { TurnRule } from "./rule.js";

/** Of RFC 8656, section 3. */
const defaults = { first: 49_152, last: 65_535 } as const;

/** Allocations a participant takes at least: one for each of its two peer connections. */
export const allocationsEach = 2;

/** `min-port` and `max-port`. */
export const relayPorts: TurnRule = function* (config, { participants }) {
	const [low, high] = [config.last("min-port"), config.last("max-port")];
	const first = config.number("min-port", defaults.first);
	const last = config.number("max-port", defaults.last);
	if (low === undefined && high === undefined) return;
	const tooHigh = [low, high].find(
		(option) => option !== undefined && Number(option.value) > 65_535,
	);
	if (tooHigh !== undefined)
		yield config.finding(tooHigh, {
			id: "coturn-port-too-high",
			title: `turnserver.conf: ${tooHigh.name} is ${tooHigh.value}, but the highest port is 65535`,
			cause: "coturn takes what is left of it in 16 bits, a port that no firewall expects.",
			fix: "write a port up to 65535.",
		});
	else if (last < first)
		yield config.finding(low ?? high, {
			id: "coturn-relay-range-inverted",
			title: `turnserver.conf: min-port ${first} is above max-port ${last}`,
			cause:
				"There is no port to relay on: each Allocate request gets 508, or makes coturn 4.6.1 crash.",
			fix: `write min-port=${last} and max-port=${first}.`,
			edits:
				low === undefined || high === undefined
					? []
					: [
							{ do: "replace", line: low.line, text: `min-port=${last}` },
							{ do: "replace", line: high.line, text: `max-port=${first}` },
						],
		});
	else if (last - first + 1 < participants * allocationsEach)
		yield config.finding(low ?? high, {
			id: "coturn-relay-range-small",
			severity: last - first + 1 < participants ? "fault" : "warning",
			confidence: "likely",
			title: `turnserver.conf has ${last - first + 1} relay ports (${first}–${last}) for ${participants} participants`,
			cause:
				"Each participant takes at least two (one for each peer connection), also where a direct way wins: the later ones get 508.",
			fix: `make it at least ${participants * allocationsEach} ports, and open them in the firewall.`,
		});
};

/** Ports for clients: each for one thing, and none that nobody may bind. */
export const listeningPorts: TurnRule = function* (config, { machine }) {
	const udpTcp = config.number("listening-port", 3478);
	const tls = config.number("tls-listening-port", 5349);
	for (const name of ["listening-port", "tls-listening-port"]) {
		const option = config.last(name);
		const port = config.number(name, 0);
		if (option === undefined) continue;
		if (port > 65_535)
			yield config.finding(option, {
				id: "coturn-port-too-high",
				title: `turnserver.conf: ${name} is ${option.value}, but the highest port is 65535`,
				cause:
					"coturn takes what is left of it in 16 bits: clients find nothing on the port they ask.",
				fix: "write a port up to 65535.",
			});
		else if (machine && port > 0 && port < machine.firstFreePort) {
			const isBound = machine.listening.udp.has(port) || machine.listening.tcp.has(port);
			if (isBound) continue;
			yield config.finding(option, {
				id: "coturn-port-privileged",
				severity: "warning",
				confidence: "possible",
				title: `turnserver.conf: ${name} ${port} needs rights that this user does not have`,
				cause: `Ports below ${machine.firstFreePort} are for root, and nothing listens on it now: coturn cannot bind it.`,
				fix: "start coturn as root with proc-user, give it CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=), or take a higher port.",
			});
		}
	}
	const isTls = !config.isOn("no-tls") || !config.isOn("no-dtls");
	const tlsOption = config.last("tls-listening-port") ?? config.last("listening-port");
	if (isTls && udpTcp === tls && tlsOption !== undefined)
		yield config.finding(tlsOption, {
			id: "coturn-port-twice",
			title: `turnserver.conf: listening-port and tls-listening-port are both ${tls}`,
			cause: "The second listener cannot bind: one of the two ways is dead.",
			fix: "give them different ports; TLS is answered on listening-port as well.",
		});
};
