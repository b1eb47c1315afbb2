import { stringify } from "yaml";

/** livekit-server's own configuration, in its own spelling; merged over what livesoak writes. */
export interface LiveKitOverrides {
	readonly [key: string]: unknown;
}

export interface LiveKitConfigFacts {
	readonly host: string;
	/** The network interface that has `host`: candidates come from it alone. @default any */
	readonly interfaceName?: string | undefined;
	readonly signalPort: number;
	/** ICE over TCP. livekit-server binds it on every address, whatever `bind_addresses` says. */
	readonly tcpPort: number;
	readonly udpStart: number;
	readonly udpEnd: number;
	readonly metricsPort: number;
	readonly apiKey: string;
	/** At least 32 characters. Appears in this text and nowhere else. */
	readonly apiSecret: string;
	readonly overrides?: LiveKitOverrides;
}

/**
 * The YAML of a livekit-server for one host. Objects in `overrides` are merged key by key, anything
 * else replaces what was there. No `limit` is set: a load test must meet the server's own.
 *
 * `stun_servers` cannot be switched off (v1.13.5 hands clients three public ones even for `[]`).
 */
export function liveKitConfig(facts: LiveKitConfigFacts): string {
	const own: Record<string, unknown> = {
		port: facts.signalPort,
		bind_addresses: [facts.host],
		rtc: {
			node_ip: facts.host,
			use_external_ip: false,
			enable_loopback_candidate: true,
			// Without it the same address is offered twice.
			...(facts.interfaceName === undefined
				? {}
				: { interfaces: { includes: [facts.interfaceName] } }),
			tcp_port: facts.tcpPort,
			port_range_start: facts.udpStart,
			port_range_end: facts.udpEnd,
		},
		prometheus: { port: facts.metricsPort },
		keys: { [facts.apiKey]: facts.apiSecret },
		// Short, so that a soak with churn does not gather rooms that nobody is in.
		room: { auto_create: true, empty_timeout: 10, departure_timeout: 5 },
		logging: { level: "info", pion_level: "error" },
	};
	return stringify(merged(own, facts.overrides ?? {}));
}

function merged(
	base: Readonly<Record<string, unknown>>,
	over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
	const result: Record<string, unknown> = { ...base };
	for (const [key, value] of Object.entries(over)) {
		const below = result[key];
		result[key] = isObject(below) && isObject(value) ? merged(below, value) : value;
	}
	return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
