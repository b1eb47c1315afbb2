import { expect, test } from "vitest";
import { parse } from "yaml";
import { liveKitConfig } from "../../../src/backend/livekit-config.js";

const facts = {
	host: "127.0.0.1",
	interfaceName: "lo",
	signalPort: 7880,
	tcpPort: 10_000,
	udpStart: 10_001,
	udpEnd: 12_499,
	metricsPort: 6789,
	apiKey: "APIkey",
	apiSecret: "s".repeat(43),
};

test("the configuration binds one host and offers one candidate there", () => {
	expect(parse(liveKitConfig(facts))).toMatchObject({
		port: 7880,
		bind_addresses: ["127.0.0.1"],
		rtc: {
			node_ip: "127.0.0.1",
			use_external_ip: false,
			enable_loopback_candidate: true,
			interfaces: { includes: ["lo"] },
			tcp_port: 10_000,
			port_range_start: 10_001,
			port_range_end: 12_499,
		},
		prometheus: { port: 6789 },
		keys: { APIkey: facts.apiSecret },
		room: { auto_create: true },
	});
});

test("it sets no limit, because a load test must meet the server's own", () => {
	expect(parse(liveKitConfig(facts))).not.toHaveProperty("limit");
});

test("overrides are merged key by key; lists and single values are replaced", () => {
	const overrides = {
		room: { auto_create: false },
		rtc: { interfaces: { includes: ["eth0"] } },
		limit: { num_tracks: 5 },
	};
	const config = parse(liveKitConfig({ ...facts, overrides }));
	expect(config.room).toEqual({ auto_create: false, empty_timeout: 10, departure_timeout: 5 });
	expect(config.rtc.interfaces.includes).toEqual(["eth0"]);
	expect(config.rtc.tcp_port).toBe(10_000);
	expect(config.limit).toEqual({ num_tracks: 5 });
});

test("keys that YAML would take for numbers stay text", () => {
	const config = parse(liveKitConfig({ ...facts, apiKey: "0123", apiSecret: "1e400" }));
	expect(config.keys).toEqual({ "0123": "1e400" });
});
