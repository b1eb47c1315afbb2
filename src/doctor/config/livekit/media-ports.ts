import { type LiveKitConfig, type Path, pathText } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";

const start = ["rtc", "port_range_start"];
const end = ["rtc", "port_range_end"];
const highest = 65_535;

/** UDP ports a participant who publishes and subscribes takes: a socket for each of its two peer connections. */
const portsEach = 2;

/** `port_range_start`/`_end`: both or none, in order, and enough of them. */
export const portRange: LiveKitRule = function* (config, { participants }) {
	const first = config.number(start) ?? 0;
	const last = config.number(end) ?? 0;
	if (first === 0 && last === 0) return;
	if (first === 0 || last === 0) {
		const isStart = first !== 0;
		yield config.finding(isStart ? start : end, {
			id: "port-range-half",
			title: `rtc.${isStart ? "port_range_start" : "port_range_end"} is set without its other end`,
			cause: isStart
				? "livekit-server then takes any UDP port of the machine, which the firewall does not expect."
				: "livekit-server then uses 50000 to 60000, whatever the end says.",
			fix: `add rtc.${isStart ? "port_range_end" : "port_range_start"}.`,
		});
		return;
	}
	if (last < first) {
		yield config.finding(start, {
			id: "port-range-inverted",
			title: `rtc.port_range_start ${first} is above rtc.port_range_end ${last}`,
			cause: 'livekit-server refuses to start: "invalid port".',
			fix: `write port_range_start: ${last} and port_range_end: ${first}.`,
			edits: [
				{ do: "set", path: start, value: last },
				{ do: "set", path: end, value: first },
			],
		});
		return;
	}
	const ports = last - first + 1;
	if (ports >= participants * portsEach) return;
	const hasTcp = (config.number(["rtc", "tcp_port"]) ?? 7881) !== 0;
	yield config.finding(start, {
		id: "port-range-small",
		severity: hasTcp ? "warning" : "fault",
		confidence: ports < participants ? "proven" : "likely",
		title: `rtc has ${ports} UDP ports (${first}–${last}) for ${participants} participants`,
		cause: `Without udp_port each participant takes two (one for each peer connection): the later ones ${hasTcp ? "fall back to TCP, where loss turns into delay" : "get no candidate"}.`,
		fix: `make it at least ${participants * portsEach} ports: port_range_end: ${Math.min(highest, first + participants * portsEach - 1)}; or use udp_port, one port for all.`,
	});
};

/** `udp_port` beside a port range, which overrides it. */
export const udpPort: LiveKitRule = function* (config) {
	const path = ["rtc", "udp_port"];
	if (config.text(path) === undefined) return;
	const first = config.number(start) ?? 0;
	const last = config.number(end) ?? 0;
	if (first === 0 || last === 0) return;
	yield config.finding(path, {
		id: "udp-port-ignored",
		severity: "warning",
		title: `rtc.udp_port ${config.text(path)} is ignored because port_range_start and port_range_end are set`,
		cause: `Media uses UDP ${first}–${last}. A firewall that opens only udp_port lets none of it through.`,
		fix: "remove port_range_start and port_range_end, or remove udp_port.",
	});
};

/** `tcp_port: 0`, where nothing else gets through a network without UDP. */
export const tcpPort: LiveKitRule = function* (config) {
	const path = ["rtc", "tcp_port"];
	if (config.number(path) !== 0 || hasTurnOverTcp(config)) return;
	yield config.finding(path, {
		id: "tcp-port-off",
		severity: "warning",
		title: "rtc.tcp_port is 0, and there is no TURN server over TCP or TLS",
		cause: "Clients in networks that block UDP (offices, hotels) have no way to connect.",
		fix: "write tcp_port: 7881 and open it in the firewall, or switch TURN over TLS on.",
		edits: [{ do: "set", path, value: 7881 }],
	});
};

function hasTurnOverTcp(config: LiveKitConfig): boolean {
	if (config.flag(["turn", "enabled"]) && (config.number(["turn", "tls_port"]) ?? 0) > 0)
		return true;
	return config
		.list(["rtc", "turn_servers"])
		.some((_, i) => config.text(["rtc", "turn_servers", i, "protocol"]) !== "udp");
}

/** Every port with its path; ranges by their ends. */
export const portPaths: readonly Path[] = [
	["port"],
	["prometheus_port"],
	["prometheus", "port"],
	["debug_handler", "port"],
	["rtc", "tcp_port"],
	["rtc", "udp_port"],
	start,
	end,
	["turn", "udp_port"],
	["turn", "tls_port"],
	["turn", "relay_range_start"],
	["turn", "relay_range_end"],
];

/** Numbers that are no port. */
export const portNumbers: LiveKitRule = function* (config) {
	for (const path of portPaths) {
		const ports = (config.text(path) ?? "").split("-").map(Number);
		const wrong = ports.find((port) => port > highest);
		if (wrong === undefined) continue;
		yield config.finding(path, {
			id: "port-too-high",
			title: `${pathText(path)} is ${wrong}, but the highest port is ${highest}`,
			cause: 'livekit-server does not start ("invalid port") or takes another port.',
			fix: `write a port from 1 to ${highest}.`,
		});
	}
};
