import type { LintFinding } from "../lint-finding.js";
import { type LiveKitConfig, type Path, pathText } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";
import type { YamlEdit } from "./yaml-edit.js";

interface Bound {
	readonly path: Path;
	readonly transport: "udp" | "tcp";
	readonly first: number;
	readonly last: number;
}

/** The sockets that livekit-server opens, defaults included; what is not switched on is not there. */
function boundPorts(config: LiveKitConfig): readonly Bound[] {
	const bound: Bound[] = [];
	const add = (transport: "udp" | "tcp", path: Path, fallback = 0) => {
		const port = config.number(path) ?? fallback;
		if (port > 0) bound.push({ path, transport, first: port, last: port });
	};
	add("tcp", ["port"], 7880);
	add("tcp", ["rtc", "tcp_port"], 7881);
	add(
		"tcp",
		config.number(["prometheus", "port"]) === undefined
			? ["prometheus_port"]
			: ["prometheus", "port"],
	);
	add("tcp", ["debug_handler", "port"]);
	const hasTurn = config.flag(["turn", "enabled"]);
	if (hasTurn) {
		add("tcp", ["turn", "tls_port"]);
		add("udp", ["turn", "udp_port"]);
	}
	const start = ["rtc", "port_range_start"];
	const [first = 0, last = 0] = [config.number(start), config.number(["rtc", "port_range_end"])];
	if (first > 0 && last > 0) bound.push({ path: start, transport: "udp", first, last });
	else {
		const [from = 0, to = from] = (config.text(["rtc", "udp_port"]) ?? "").split("-").map(Number);
		if (from > 0)
			bound.push({ path: ["rtc", "udp_port"], transport: "udp", first: from, last: to });
	}
	return bound;
}

/** One port for two services. */
export const portsApart: LiveKitRule = function* (config) {
	const bound = boundPorts(config);
	for (const [i, one] of bound.entries())
		for (const other of bound.slice(0, i))
			if (one.transport === other.transport && one.first <= other.last && other.first <= one.last)
				yield clash(config, one, other);
};

function clash(config: LiveKitConfig, one: Bound, other: Bound): LintFinding<YamlEdit> {
	// Either may be a default that the file does not name; of a range and a port the port is easier to change.
	const isOther = !config.has(one.path) || (config.has(other.path) && one.first !== one.last);
	const [shown, against] = isOther ? [other, one] : [one, other];
	const name = (bound: Bound) =>
		`${pathText(bound.path)} ${bound.first}${bound.last === bound.first ? "" : `–${bound.last}`}`;
	return config.finding(shown.path, {
		id: "port-taken-twice",
		title: `${name(shown)} and ${name(against)} want the same ${one.transport.toUpperCase()} port`,
		cause:
			'Only one can have it: livekit-server ends with "address already in use", or media of some participants gets none.',
		fix: `give ${pathText(shown.path)} another port.`,
	});
}

/** libwebrtc sends to no port below 1024 but 53 (TURN over UDP), 80 and 443. */
export const portsForClients: LiveKitRule = function* (config) {
	const asked: readonly Path[] = [
		["rtc", "tcp_port"],
		["turn", "udp_port"],
	];
	for (const path of asked) {
		const port = config.number(path) ?? 0;
		const isTurn = path[0] === "turn";
		if (isTurn && !config.flag(["turn", "enabled"])) continue;
		if (port <= 0 || port >= 1024 || port === 80 || port === 443 || (isTurn && port === 53))
			continue;
		yield config.finding(path, {
			id: "port-refused-by-clients",
			title: `${pathText(path)} is ${port}, which browsers refuse to send to`,
			cause: `Of the ports below 1024 they allow only ${isTurn ? "53, " : ""}80 and 443: the candidate is dropped.`,
			fix: `write 443 or a port from 1024 up, such as ${isTurn ? 3478 : 7881}.`,
		});
	}
};

/** Ports below 1024 on a machine where neither we may bind them nor somebody has. */
export const portRights: LiveKitRule = function* (config, { machine }) {
	if (machine === undefined) return;
	for (const { path, transport, first } of boundPorts(config)) {
		if (first >= machine.firstFreePort || machine.listening[transport].has(first)) continue;
		yield config.finding(path, {
			id: "port-privileged",
			severity: "warning",
			confidence: "possible",
			title: `${pathText(path)} ${first} needs rights that this user does not have`,
			cause: `Ports below ${machine.firstFreePort} are for root, and nothing listens on it now: livekit-server ends with "permission denied".`,
			fix: "give the program CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=), or take a higher port.",
		});
	}
};
