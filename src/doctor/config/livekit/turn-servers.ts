import { isIPv6 } from "node:net";
import { hostPort } from "../address.js";
import type { LiveKitConfig, Path } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";

const list = ["rtc", "turn_servers"];
const protocols = ["udp", "tcp", "tls"] as const;
/** What people write for one of them. */
const meant: Readonly<Record<string, (typeof protocols)[number]>> = {
	turns: "tls",
	ssl: "tls",
	https: "tls",
	dtls: "tls",
};

/** `rtc.turn_servers`: each becomes `turn(s):host:port?transport=…` word by word, whatever its parts are. */
export const turnServers: LiveKitRule = function* (config, facts) {
	for (const i of config.list(list).keys()) {
		const entry = [...list, i];
		yield* host(config, entry);
		yield* protocol(config, entry);
		yield* credentials(config, entry);
		yield* secretFile(config, entry, facts);
	}
};

function* host(config: LiveKitConfig, entry: Path) {
	const path = [...entry, "host"];
	const text = config.text(path);
	const port = config.number([...entry, "port"]) ?? 0;
	const bare = text?.replace(/^(stuns?|turns?|https?):(\/\/)?/i, "").replace(/[/?].*$/, "");
	const split = hostPort(bare ?? "");
	const right = isIPv6(split.host) ? `[${split.host}]` : split.host;
	if (text === undefined || right === "")
		yield config.finding(entry, {
			id: "turn-server-host",
			title: "an entry of rtc.turn_servers has no host",
			cause:
				'Clients are handed a URI such as "turn::3478", which browsers refuse: no connection is tried at all.',
			fix: "add host: with the name or address of the TURN server.",
		});
	else if (text !== right)
		yield config.finding(path, {
			id: "turn-server-host",
			title: `rtc.turn_servers has the host "${text}", which is no host`,
			cause: `Clients are handed "turn:${text}:${port}…", which browsers refuse: no connection is tried at all.`,
			fix: `write host: "${right}", and the port as port:.`,
			edits: [
				{ do: "set", path, value: right },
				...(port === 0 && /^\d+$/.test(split.port ?? "")
					? [{ do: "set", path: [...entry, "port"], value: Number(split.port) } as const]
					: []),
			],
		});
	else if (port <= 0)
		yield config.finding(entry, {
			id: "turn-server-port",
			title: `rtc.turn_servers has no port for ${text}`,
			cause: `Clients are handed "turn:${text}:0": nothing answers there.`,
			fix: "add port: 3478 (5349 or 443 with protocol: tls).",
			edits: [
				{
					do: "set",
					path: [...entry, "port"],
					value: config.text([...entry, "protocol"]) === "tls" ? 5349 : 3478,
				},
			],
		});
}

function* protocol(config: LiveKitConfig, entry: Path) {
	const path = [...entry, "protocol"];
	const text = config.text(path);
	if (text === undefined || protocols.some((one) => one === text)) return;
	const lower = text.trim().toLowerCase();
	const right = protocols.find((one) => one === lower) ?? meant[lower];
	yield config.finding(path, {
		id: "turn-server-protocol",
		title: `rtc.turn_servers has the protocol "${text}", which is taken as tcp`,
		cause:
			"livekit-server knows udp, tcp and tls in small letters, and takes all else as tcp without a word.",
		fix: right === undefined ? "write udp, tcp or tls." : `write protocol: ${right}.`,
		edits: right === undefined ? [] : [{ do: "set", path, value: right }],
	});
}

function* credentials(config: LiveKitConfig, entry: Path) {
	const has = (name: string) => (config.text([...entry, name]) ?? "") !== "";
	if (has("secret") || has("secret_file") || (has("username") && has("credential"))) return;
	const half = has("username") ? "credential" : has("credential") ? "username" : undefined;
	yield config.finding(entry, {
		id: "turn-server-credentials",
		title: `rtc.turn_servers has no ${half ?? "credentials"} for ${config.text([...entry, "host"]) ?? "an entry"}`,
		cause:
			"Clients get the TURN server without a user: browsers refuse such a server, others get 401 from it.",
		fix: "add secret: (coturn's static-auth-secret), or username: and credential:.",
	});
}

function* secretFile(config: LiveKitConfig, entry: Path, facts: Parameters<LiveKitRule>[1]) {
	const path = [...entry, "secret_file"];
	const name = config.text(path) ?? "";
	const hasSecret = (config.text([...entry, "secret"]) ?? "") !== "";
	const fact =
		name === "" || hasSecret || facts.serverAnswers ? undefined : facts.machine?.file(name);
	if (fact === undefined) return;
	if (fact.state === "absent" || fact.state === "directory")
		yield config.finding(path, {
			id: "turn-secret-file-absent",
			confidence: "likely",
			title: `secret_file ${name} ${fact.state === "absent" ? "does not exist" : "is a folder"}`,
			cause: "livekit-server does not start without it.",
			fix: "name the file that holds the TURN secret.",
		});
	else if (((fact.mode ?? 0) & 0o007) !== 0)
		yield config.finding(path, {
			id: "turn-secret-file-permissions",
			title: `secret_file ${name} may be used by everybody (mode ${(fact.mode ?? 0).toString(8)})`,
			cause:
				'livekit-server does not start: "turn secret file others permissions must be set to 0".',
			fix: `chmod o= ${name}`,
		});
}
