import { readFile } from "node:fs/promises";
import getPort from "get-port";
import { startGuarded } from "../../src/backend/guarded-process.js";
import { type LiveKitOverrides, liveKitConfig } from "../../src/backend/livekit-config.js";
import type { CaseRig, DoctorCase } from "./doctor-case.js";
import { wholeSystem, withRelay } from "./doctor-case.js";
import { type ProxyOptions, startProxy } from "./local-services.js";
import { liveKitBinary } from "./real-parts.js";
import type { TestCertificate } from "./test-ca.js";
import { startTlsFront } from "./tls-front.js";

/** A livekit-server that runs, with its file or without. */
function livekit(overrides: LiveKitOverrides, isFileGiven = false): DoctorCase["prepare"] {
	return async (rig) => {
		const system = await rig.system({ livekit: overrides });
		const config = isFileGiven ? ["--livekit-config", system.livekitConfig] : [];
		return { ...system, args: [...system.args, ...config] };
	};
}

/** A livekit-server that ends at once; the user has its file. */
function notStarting(change: (coturn: string) => LiveKitOverrides): DoctorCase["prepare"] {
	return async (rig) => {
		const [signalPort, tcpPort, metricsPort] = [await getPort(), await getPort(), await getPort()];
		const [apiKey, apiSecret] = ["devkey", "0123456789abcdef0123456789abcdef"];
		const coturn = await rig.coturn();
		const overrides = withRelay(coturn, change(`${coturn.host}:${coturn.port}`));
		const ports = { signalPort, tcpPort, metricsPort, udpStart: 61_000, udpEnd: 61_200 };
		const facts = { host: "127.0.0.1", interfaceName: "lo", ...ports, apiKey, apiSecret };
		const text = liveKitConfig({ ...facts, overrides });
		const file = await rig.room.file(`livekit-${signalPort}.yaml`, text);
		const order = { command: await liveKitBinary(), args: ["--config", file], env: {} };
		const server = await startGuarded(order);
		await server.exited;
		return {
			args: ["--url", `ws://127.0.0.1:${signalPort}`, "--livekit-config", file],
			env: { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
			secrets: [coturn.secret],
		};
	};
}

function behindTls(certificate: (rig: CaseRig) => TestCertificate): DoctorCase["prepare"] {
	return async (rig) => {
		const { livekit, env, secrets } = await rig.system();
		const front = await startTlsFront(livekit.ports.signalPort, certificate(rig));
		rig.onEnd(() => front.close());
		const args = ["--url", `wss://localhost:${front.port}`, "--ca", rig.ca.caFile];
		return { args, env, secrets };
	};
}

function behindProxy(options: ProxyOptions): DoctorCase["prepare"] {
	return async (rig) => {
		const { livekit, env, secrets } = await rig.system();
		const port = await startProxy(rig.onEnd, livekit.ports.signalPort, options);
		return { args: ["--url", `ws://127.0.0.1:${port}`], env, secrets };
	};
}

const scheme = ["stun:142.250.82.127:19302"];

/** Field reports 2 and 7, and other mistakes of the server and of what stands before it. */
export const serverMistakes: readonly DoctorCase[] = [
	{
		...{ name: "`stun_servers` with a scheme", report: 2, expect: "signal.media-setup" },
		prepare: livekit({ rtc: { stun_servers: scheme, node_ip: null } }),
	},
	{
		...{ name: "`stun_servers` with a scheme, and the file is given", report: 2, quick: true },
		expect: "config.stun-server-scheme",
		prepare: livekit({ rtc: { stun_servers: scheme, node_ip: null } }, true),
	},
	{
		...{
			name: "`stun_servers` with a scheme, with a `node_ip`",
			report: 2,
			expect: "ice-servers.scheme-twice",
		},
		prepare: livekit({ rtc: { stun_servers: scheme } }),
	},
	{
		...{ name: "`stun_servers` with a scheme and `use_external_ip`: no start", report: 2 },
		expect: "config.stun-server-scheme",
		prepare: notStarting(() => ({
			rtc: { stun_servers: ["stun:127.0.0.1:3478"], node_ip: null, use_external_ip: true },
		})),
	},
	{
		...{ name: "`node_ip` of somebody else", report: 7, quick: true },
		expect: "connection.advertised-unreachable",
		prepare: livekit({ rtc: { node_ip: "198.51.100.7" } }),
	},
	{
		...{ name: "a port range too small for 500 participants", report: 7, isWarning: true },
		expect: "config.port-range-small",
		async prepare(rig) {
			const coturn = await rig.coturn();
			const first = await getPort();
			const range = { port_range_start: first, port_range_end: first + 40 };
			const system = wholeSystem(await rig.livekit(withRelay(coturn, { rtc: range })), coturn);
			const more = ["--participants", "500", "--livekit-config", system.livekitConfig];
			return { ...system, args: [...system.args.slice(0, 2), ...more] };
		},
	},
	{
		...{ name: "`force_tcp`", expect: "connection.only-tcp-candidates" },
		prepare: livekit({ rtc: { force_tcp: true } }),
	},
	{
		...{ name: "`room.auto_create: false`", expect: "signal.room-missing" },
		prepare: livekit({ room: { auto_create: false } }),
	},
	{
		...{ name: "a mistyped key in livekit.yaml: no start", expect: "config.livekit-unknown-key" },
		prepare: notStarting(() => ({ rtc: { tcp_prot: 7881 } })),
	},
	{
		...{ name: "Redis as a URL: no start", expect: "config.redis-address-scheme" },
		prepare: notStarting(() => ({ redis: { address: "redis://127.0.0.1:6379" } })),
	},
	{
		...{ name: "the key is not in livekit.yaml", expect: "signal.unknown-api-key" },
		async prepare(rig) {
			const system = await rig.system();
			const env = { ...system.env, LIVEKIT_API_KEY: "APIsomebody" };
			const config = ["--livekit-config", system.livekitConfig];
			return { ...system, env, args: [...system.args, ...config] };
		},
	},
	{
		...{ name: "a host that nobody knows", expect: "dns.unknown-host" },
		prepare: async () => ({ args: ["--url", "wss://no-such-host.invalid"] }),
	},
	{
		...{ name: "nobody listens", expect: "tcp.refused" },
		prepare: async () => ({ args: ["--url", `ws://127.0.0.1:${await getPort()}`] }),
	},
	{
		...{ name: "the server's certificate has expired", expect: "tls.expired" },
		prepare: behindTls(({ ca }) => ca.expired),
	},
	{
		...{ name: "the server's certificate is for another name", expect: "tls.wrong-name" },
		prepare: behindTls(({ ca }) => ca.wrongName),
	},
	{
		...{ name: "`wss://` to the plain port", expect: "tls.plain-http" },
		async prepare(rig) {
			const { livekit, env, secrets } = await rig.system();
			return { args: ["--url", livekit.url.replace("ws:", "wss:")], env, secrets };
		},
	},
	{
		...{ name: "a web server in LiveKit's place", expect: "http.not-livekit" },
		prepare: async (rig) => ({
			args: ["--url", (await rig.service("<h1>It works!</h1>")).replace("http", "ws")],
		}),
	},
	{
		...{ name: "a proxy that eats the upgrade", expect: "signal.upgrade-eaten", quick: true },
		prepare: behindProxy({ upgrade: "strip" }),
	},
	{
		...{ name: "a proxy that routes `/` alone", expect: "http.rtc-not-routed" },
		prepare: behindProxy({ answer: (path) => (path === "/" ? undefined : { status: 404 }) }),
	},
	{
		...{ name: "a proxy whose backend is down", expect: "http.bad-gateway" },
		prepare: behindProxy({ answer: () => ({ status: 502 }) }),
	},
	{
		...{ name: "the server's clock is 90 s ahead", expect: "http.clock-skew", isWarning: true },
		prepare: behindProxy({ dateOffsetMs: 90_000 }),
	},
	{
		...{ name: "healthy, both files given", quick: true },
		async prepare(rig) {
			const system = await rig.system();
			const { configFile } = system.coturn;
			const files = ["--livekit-config", system.livekitConfig, "--turn-config", configFile];
			// Only a file that can be read proves something.
			await readFile(system.livekitConfig);
			return { ...system, args: [...system.args, ...files] };
		},
	},
];
