import { isIPv6 } from "node:net";
import { hostPort } from "../address.js";
import type { LiveKitConfig, Path } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";

/** `redis`: addresses as Go's dialler takes them, `host:port`. */
export const redis: LiveKitRule = function* (config) {
	const lists = ["sentinel_addresses", "cluster_addresses"].map((name) => ["redis", name]);
	const paths = lists.flatMap((list) => [...config.list(list).keys()].map((i) => [...list, i]));
	const single = ["redis", "address"];
	if ((config.text(single) ?? "") !== "") paths.push(single);
	for (const path of paths) yield* address(config, path);

	const others = config.keys(["redis"]).filter((key) => config.get(["redis", key]) !== undefined);
	if (paths.length === 0 && others.length > 0)
		yield config.finding(["redis"], {
			id: "redis-address-missing",
			severity: "warning",
			title: `redis has ${others.join(", ")}, but no address`,
			cause:
				"Without one livekit-server runs as a single node and ignores the rest: nodes do not see each other's rooms.",
			fix: "add address: host:6379 below redis, or remove redis.",
		});
	const master = ["redis", "sentinel_master_name"];
	const sentinels = ["redis", "sentinel_addresses"];
	if (config.list(sentinels).length > 0 && (config.text(master) ?? "") === "")
		yield config.finding(sentinels, {
			id: "redis-sentinel-master",
			title: "redis.sentinel_addresses is set without sentinel_master_name",
			cause:
				"Sentinel is asked for the master by its name: livekit-server does not get Redis and does not start.",
			fix: "add sentinel_master_name below redis.",
		});
};

function* address(config: LiveKitConfig, path: Path) {
	const text = config.text(path) ?? "";
	const [, scheme, rest = text] = /^(rediss?|unix|tcp):(?:\/\/)?(.*)$/i.exec(text) ?? [];
	const bare = rest.replace(/^[^@]*@/, "").replace(/\/.*$/, "");
	const { host, port } = hostPort(bare);
	const right = `${isIPv6(host) ? `[${host}]` : host}:${port ?? 6379}`;
	// Nothing of it is shown where it holds a user name or password.
	const shown = text.includes("@") ? "…@" : text;
	if (scheme !== undefined || bare !== text) {
		yield config.finding(path, {
			id: "redis-address-scheme",
			title: `redis has the address "${shown}${text.includes("@") ? bare : ""}", which is no host:port`,
			cause: 'livekit-server takes no URL and does not start: "too many colons in address".',
			fix: `write "${right}"; user, password and database have keys of their own, TLS is tls: {enabled: true}.`,
			edits:
				text.includes("@") || /^(rediss|unix)$/i.test(scheme ?? "")
					? []
					: [{ do: "set", path, value: right }],
		});
		return;
	}
	if (port !== undefined && !isIPv6(text)) return;
	yield config.finding(path, {
		id: "redis-address-port",
		title: `redis has the address "${text}" without a port`,
		cause: 'livekit-server does not start: "missing port in address".',
		fix: `write "${right}".`,
		edits: [{ do: "set", path, value: right }],
	});
}
