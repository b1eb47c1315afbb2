import { type ICEServer, SignalResponse } from "@livekit/protocol";
import getPort from "get-port";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { type GuardedProcess, startGuarded } from "../../src/backend/guarded-process.js";
import { liveKitConfig } from "../../src/backend/livekit-config.js";
import {
	makeTemporaryFolder,
	removeTemporaryFolder,
	writeSecretFile,
} from "../../src/backend/temporary-folder.js";
import { waitUntilReady } from "../../src/backend/wait-until-ready.js";
import { fixedLivekitConfig } from "../../src/doctor/config/fix.js";
import { lintLivekitConfig } from "../../src/doctor/config/livekit/lint-livekit.js";
import { thisMachine } from "../../src/doctor/config/machine.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { mintToken } from "../../src/token/access-token.js";
import { accepts } from "../../src/turn/reachable.js";
import { liveKitBinary } from "../rig/real-parts.js";
import { TurnClient } from "../rig/turn-client.js";

const apiKey = "devkey";
const apiSecret = "0123456789abcdef0123456789abcdef";

/**
 * What the real livekit-server does with a mistake, beside what the lint says about it, and that it starts with the
 * fixed copy.
 */
describe("livekit.yaml: livekit-server behaves as the finding says", () => {
	let binary = "";
	const undo: (() => Promise<unknown>)[] = [];
	beforeAll(async () => {
		binary = await liveKitBinary();
	});
	afterEach(async () => {
		for (const step of undo.splice(0).reverse()) await step();
	});

	const healthy = async (overrides: Record<string, unknown> = {}) => {
		const [signalPort, tcpPort, metricsPort] = [await getPort(), await getPort(), await getPort()];
		const own = { host: "127.0.0.1", interfaceName: "lo", signalPort, tcpPort, metricsPort };
		const range = { udpStart: 61_000, udpEnd: 61_200 };
		return { signalPort, text: liveKitConfig({ ...own, ...range, apiKey, apiSecret, overrides }) };
	};

	const start = async (text: string): Promise<GuardedProcess> => {
		const folder = await makeTemporaryFolder("livekit");
		undo.push(() => removeTemporaryFolder(folder));
		const config = await writeSecretFile(folder, "livekit.yaml", text);
		const server = await startGuarded({ command: binary, args: ["--config", config], env: {} });
		undo.push(() => server.stop());
		return server;
	};

	/** Its last words where it ends by itself, else "started". */
	const outcome = async (text: string, signalPort: number): Promise<string> => {
		const server = await start(text);
		return waitUntilReady({
			...{ name: "livekit-server", server, boundMs: 15_000 },
			isReady: () => accepts("127.0.0.1", signalPort, 300),
		}).then(
			() => "started",
			(error: Error) => error.message,
		);
	};

	const facts = async () => ({
		...{ fileName: "livekit.yaml", participants: 10, nowMs: Date.now() },
		...{ apiKey, apiSecret, machine: await thisMachine(), serverAddresses: ["127.0.0.1"] },
	});
	const idsOf = async (text: string) =>
		lintLivekitConfig(text, await facts()).findings.map(({ id }) => id);

	test("healthy: no finding, and it starts", async () => {
		const { text, signalPort } = await healthy();
		expect(await idsOf(text)).toEqual([]);
		expect(fixedLivekitConfig(text, await facts()).text).toBe(text);
		expect(await outcome(text, signalPort)).toBe("started");
	});

	test.each([
		{
			id: "config.stun-server-scheme",
			rtc: { use_external_ip: true, node_ip: null, stun_servers: ["stun:127.0.0.1:3478"] },
			says: /address stun:127\.0\.0\.1:3478: too many colons in address/,
		},
		{
			id: "config.port-range-inverted",
			rtc: { port_range_start: 61_200, port_range_end: 61_000 },
			says: /invalid port/,
		},
		{ id: "config.livekit-unknown-key", rtc: { tcp_prot: 1 }, says: /field tcp_prot not found/ },
		{ id: "config.livekit-wrong-type", rtc: { tcp_port: "7999" }, says: /cannot unmarshal !!str/ },
		{ id: "config.port-too-high", rtc: { port_range_end: 70_000 }, says: /invalid port/ },
		{
			id: "config.redis-address-port",
			redis: { address: "127.0.0.1" },
			says: /missing port in address/,
		},
		{
			id: "config.redis-address-scheme",
			redis: { address: "redis://127.0.0.1:6379" },
			says: /too many colons in address/,
		},
		{ id: "config.turn-no-port", turn: { enabled: true }, says: /invalid TURN ports/ },
		{
			id: "config.turn-no-domain",
			turn: { enabled: true, tls_port: 5349 },
			says: /domain required/,
		},
	])("$id: it does not start", async ({ id, says, ...overrides }) => {
		const { text, signalPort } = await healthy(overrides);
		expect((await idsOf(text))[0]).toBe(id);
		expect(await outcome(text, signalPort)).toMatch(says);
	});

	test("fixed, it starts", async () => {
		const { text, signalPort } = await healthy({
			rtc: {
				port_range_start: 61_200,
				port_range_end: 61_000,
				stun_servers: ["stun:127.0.0.1:3478"],
			},
			room: { empty_timeouts: 10, empty_timeout: null },
		});
		const { text: fixed, left } = fixedLivekitConfig(
			text.replace(/.*empty_timeout: null\n/, ""),
			await facts(),
		);
		expect(left).toEqual([]);
		expect(await outcome(fixed, signalPort)).toBe("started");
	});

	test("a short secret is an error in its log, and it starts", async () => {
		const { text, signalPort } = await healthy({ keys: { other: "short" } });
		expect(await idsOf(text)).toEqual(["config.api-secret-short"]);
		const server = await start(text);
		await waitUntilReady({
			...{ name: "livekit-server", server, boundMs: 15_000 },
			isReady: () => accepts("127.0.0.1", signalPort, 300),
		});
		expect(server.logTail().join("\n")).toMatch(/secret is too short/);
	});

	test("an empty stun_servers hands out public ones", async () => {
		const { text, signalPort } = await healthy({ rtc: { stun_servers: [] } });
		expect(await idsOf(text)).toEqual(["config.stun-servers-empty"]);
		expect(await outcome(text, signalPort)).toBe("started");
		const urls = (await handedOut(signalPort)).flatMap((server) => server.urls);
		expect(urls).toContain("stun:stun.l.google.com:19302");
	});

	test("its TURN server denies its own private address until the fix allows it", async () => {
		const port = await getPort();
		const { text, signalPort } = await healthy({ turn: { enabled: true, udp_port: port } });
		expect(await idsOf(text)).toEqual(["config.turn-peer-denied"]);
		expect(await outcome(text, signalPort)).toBe("started");
		expect(await permitted(signalPort)).toBe("error 403");

		const again = await healthy({ turn: { enabled: true, udp_port: await getPort() } });
		const { text: fixed, left } = fixedLivekitConfig(again.text, await facts());
		expect(left).toEqual([]);
		expect(await outcome(fixed, again.signalPort)).toBe("started");
		expect(await permitted(again.signalPort)).toBe("permitted");
	});

	/** What becomes of a relay to the server's own address, with the credentials it hands out. */
	const permitted = async (signalPort: number): Promise<string> => {
		const server = (await handedOut(signalPort)).find(({ username }) => username !== "");
		const { host, port } = parseIceUri(server?.urls[0] ?? "");
		expect(host).toBe("127.0.0.1");
		const credentials = { username: server?.username ?? "", password: server?.credential ?? "" };
		const client = await TurnClient.open({ address: "127.0.0.1", port }, credentials);
		undo.push(() => client.close());
		await client.allocate();
		return client.permit(61_000).then(
			() => "permitted",
			(error: Error) => error.message,
		);
	};
});

/** The ICE servers of a JoinResponse. */
async function handedOut(signalPort: number): Promise<readonly ICEServer[]> {
	const grants = { canPublish: true, canSubscribe: true };
	const order = { apiKey, apiSecret, identity: "doctor", room: "config", ttlMs: 60_000, ...grants };
	const query = new URLSearchParams({ access_token: await mintToken(order), protocol: "16" });
	const socket = new WebSocket(`ws://127.0.0.1:${signalPort}/rtc?${query}`);
	try {
		const bytes = await new Promise<Buffer>((resolve, reject) => {
			socket.once("message", (data: Buffer) => resolve(data));
			socket.once("error", reject);
		});
		const { message } = SignalResponse.fromBinary(bytes);
		if (message.case !== "join") throw new Error(`${message.case} in place of a JoinResponse`);
		return message.value.iceServers;
	} finally {
		socket.close();
	}
}
