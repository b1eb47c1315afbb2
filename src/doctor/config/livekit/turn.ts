import { isIPv6 } from "node:net";
import { isInRange, isPrivate } from "../address.js";
import { certificateProblem } from "../certificate.js";
import type { LiveKitConfig } from "./livekit-config.js";
import { nodeAddresses } from "./node-ip.js";
import type { LiveKitRule } from "./rule.js";
import { isNewer } from "./version.js";

const port = (config: LiveKitConfig, name: string) => config.number(["turn", name]) ?? 0;

/** The TURN server inside livekit-server: ports and domain. */
export const turnPorts: LiveKitRule = function* (config, { relays = [] }) {
	if (!config.flag(["turn", "enabled"])) return;
	const tlsPort = port(config, "tls_port");
	if (tlsPort <= 0 && port(config, "udp_port") <= 0) {
		yield config.finding(["turn", "enabled"], {
			id: "turn-no-port",
			title: "turn is enabled with neither udp_port nor tls_port",
			cause: 'livekit-server refuses to start: "invalid TURN ports".',
			fix: "add udp_port: 3478 below turn; or tls_port with domain and certificate.",
			edits: [{ do: "set", path: ["turn", "udp_port"], value: 3478 }],
		});
		return;
	}
	if (tlsPort <= 0) return;
	const domain = config.text(["turn", "domain"]) ?? "";
	if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+\.?$/i.test(domain)) {
		yield config.finding(domain === "" ? ["turn", "tls_port"] : ["turn", "domain"], {
			id: "turn-no-domain",
			title:
				domain === ""
					? "turn.tls_port is set without turn.domain"
					: `turn.domain "${domain}" is no domain name`,
			cause: `livekit-server refuses to start: "TURN domain ${domain === "" ? "required" : "is not correct"}".`,
			fix: "write the name that the certificate is for, such as domain: turn.example.org (no scheme, no port).",
		});
		return;
	}
	const isReached = relays.some(({ uri, works }) => works && uri.startsWith(`turns:${domain}:`));
	if (tlsPort === 443 || isReached || config.flag(["turn", "external_tls"])) return;
	yield config.finding(["turn", "tls_port"], {
		id: "turn-tls-port",
		severity: "warning",
		confidence: "possible",
		title: `turn.tls_port is ${tlsPort}, but clients are told turns:${domain}:443`,
		cause: `livekit-server always hands out port 443. Without a load balancer that passes 443 on to ${tlsPort}, TURN over TLS is never reached.`,
		fix: "write tls_port: 443; or let a load balancer pass TCP 443 on to it.",
	});
};

/** The certificate of TURN over TLS, unless a load balancer ends TLS. */
export const turnCertificate: LiveKitRule = function* (config, { machine, nowMs, serverAnswers }) {
	const isOn = config.flag(["turn", "enabled"]) && port(config, "tls_port") > 0;
	if (!isOn || config.flag(["turn", "external_tls"])) return;
	const [cert, key] = [config.text(["turn", "cert_file"]), config.text(["turn", "key_file"])];
	if (cert === undefined || key === undefined) {
		// LIVEKIT_TURN_CERT and LIVEKIT_TURN_KEY are the other way to name them.
		if (serverAnswers) return;
		yield config.finding(["turn", "tls_port"], {
			id: "turn-no-certificate",
			confidence: "likely",
			title: `turn.tls_port is set without ${cert === undefined ? "cert_file" : "key_file"}`,
			cause: 'livekit-server refuses to start: "TURN tls cert required".',
			fix: "add cert_file and key_file (PEM) below turn; or external_tls: true where a load balancer ends TLS.",
		});
		return;
	}
	if (machine === undefined) return;
	const problem = certificateProblem(machine, { cert, key }, nowMs);
	if (problem === undefined || (serverAnswers && problem.isAboutFile)) return;
	yield config.finding(["turn", problem.of === "cert" ? "cert_file" : "key_file"], {
		id: `turn-${problem.id}`,
		confidence: problem.isAboutFile ? "likely" : "proven",
		title: problem.title,
		cause:
			problem.id === "certificate-expired"
				? "Clients refuse TURN over TLS."
				: "livekit-server refuses to start.",
		fix: problem.fix,
	});
};

/** `relay_range_start`/`_end`. */
export const turnRelayRange: LiveKitRule = function* (config, { participants }) {
	const path = ["turn", "relay_range_start"];
	const [first, last] = [port(config, "relay_range_start"), port(config, "relay_range_end")];
	// Where one of them is missing the server takes 30000 to 40000.
	if (!config.flag(["turn", "enabled"]) || first === 0 || last === 0) return;
	const ports = last - first + 1;
	const needed = participants * 2;
	if (last < first)
		yield config.finding(path, {
			id: "turn-relay-range-inverted",
			title: `turn.relay_range_start ${first} is above turn.relay_range_end ${last}`,
			cause:
				"Relay ports are then taken from outside of both, where the firewall does not expect them.",
			fix: `write relay_range_start: ${last} and relay_range_end: ${first}.`,
			edits: [
				{ do: "set", path, value: last },
				{ do: "set", path: ["turn", "relay_range_end"], value: first },
			],
		});
	else if (ports < needed)
		yield config.finding(path, {
			id: "turn-relay-range-small",
			severity: "warning",
			confidence: "likely",
			title: `turn has ${ports} relay ports (${first}–${last}) for ${participants} participants`,
			cause:
				"Each takes one for each of its two peer connections, also where a direct way wins: the later ones get no relay.",
			fix: `make it at least ${needed} ports: relay_range_end: ${Math.min(65_535, first + needed - 1)}.`,
		});
};

/** Private addresses of this very server are denied to its TURN server's clients from v1.12.0 on. */
export const turnPeers: LiveKitRule = function* (config, { serverVersion }) {
	if (!config.flag(["turn", "enabled"]) || config.flag(["rtc", "use_external_ip"])) return;
	if (serverVersion !== undefined && isNewer("1.12.0", serverVersion)) return;
	const path = ["turn", "allow_restricted_peer_cidrs"];
	const allowed = config.list(path).map(String);
	const denied = nodeAddresses(config).filter(
		(address) => isPrivate(address) && !allowed.some((range) => isInRange(address, range)),
	);
	if (denied.length === 0) return;
	const ranges = denied.map((address) => `${address}/${isIPv6(address) ? 128 : 32}`);
	yield config.finding(["turn", "enabled"], {
		id: "turn-peer-denied",
		title: `the TURN server of livekit-server denies its clients the server's own address ${denied.join(", ")}`,
		cause:
			"It refuses peers on private and loopback addresses unless they are listed: clients that need the relay get 403 for each permission, and ICE fails.",
		fix: `add below turn: allow_restricted_peer_cidrs: [${ranges.join(", ")}].`,
		edits: [{ do: "set", path, value: [...allowed, ...ranges] }],
	});
};
