import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { PeerConnection } from "node-datachannel";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import { ManualClock } from "../../src/clock/manual-clock.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { bridgeAddress } from "../../src/turn/bind-loopback.js";
import {
	startTurnDatagramBridge,
	type TurnDatagramBridge,
	type TurnDatagramBridgeOptions,
} from "../../src/turn/datagram-bridge.js";
import { requirePart, withCoturn, withTestCa } from "../rig/real-parts.js";
import { echoThrough, percentile } from "../rig/relay-echo.js";
import { startUdpEcho, TurnClient, type TurnPort } from "../rig/turn-client.js";
import { channelData, stun } from "../unit/turn/any-message.js";

/** Ends what a test began, last first. */
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
	for (const end of endings.splice(0).reverse()) await end();
});

function credentialsFor(secret: string, name: string) {
	return restCredentials({ secret, name, ttlMs: 60_000, nowMs: Date.now() });
}

async function bridgeTo(
	options: Partial<TurnDatagramBridgeOptions> & { port: number },
): Promise<TurnDatagramBridge> {
	const bridge = await startTurnDatagramBridge({
		host: "127.0.0.1",
		transport: "tcp",
		serverName: "127.0.0.1",
		insecure: false,
		clock: systemClock,
		...options,
	});
	endings.push(() => bridge.close());
	return bridge;
}

async function clientOf(
	server: TurnPort | TurnDatagramBridge,
	secret: string,
	name: string,
	port = 0,
) {
	const to = "address" in server ? server : { address: bridgeAddress, port: server.port };
	const client = await TurnClient.open(to, credentialsFor(secret, name), port);
	endings.push(() => client.close().catch(() => {}));
	return client;
}

async function echoPeer(): Promise<number> {
	const echo = await startUdpEcho();
	endings.push(echo.close);
	return echo.port;
}

requirePart("coturn", "openssl")("TURN over UDP, TCP and TLS for clients on IPv6 loopback", () => {
	const ca = withTestCa();
	const turn = withCoturn({ ca });
	let caPem = "";

	beforeAll(async () => {
		caPem = await readFile(ca().caFile, "utf8");
	});

	const serverOf = (transport: "udp" | "tcp" | "tls") => ({
		transport,
		port: parseIceUri(turn().uris[transport] ?? "").port,
		caPem,
	});
	const clientAt = (bridge: TurnDatagramBridge, name: string, port?: number) =>
		clientOf(bridge, turn().secret, name, port);

	test.each([
		["udp", /user <\d+:echo-udp>: incoming packet CHANNEL_BIND processed, success/],
		["tcp", /tcp or tls connected to: 127\.0\.0\.1/],
		["tls", /TLSv1\.[23]/],
	] as const)(
		"200 packets each way as indications and as ChannelData, over %s",
		async (transport, inLog) => {
			const bridge = await bridgeTo(serverOf(transport));
			const client = await clientAt(bridge, `echo-${transport}`);
			const peer = await echoPeer();
			const before = (await turn().log()).length;
			expect(await client.allocate()).toBeGreaterThan(0);
			await client.permit(peer);
			const indications = { by: "indication", packets: 200, everyMs: 2 } as const;
			expect(await echoThrough(client, peer, indications)).toMatchObject({ intact: 200, wrong: 0 });
			await client.bindChannel(peer);
			const channel = { by: "channel", packets: 200, everyMs: 2 } as const;
			expect(await echoThrough(client, peer, channel)).toMatchObject({ intact: 200, wrong: 0 });
			await client.refresh(600);
			expect((await turn().log()).slice(before)).toMatch(inLog);
			const { toServer, toClient, connections, refused, missed } = bridge.stats();
			expect({ connections, refused, missed }).toEqual({
				connections: { opened: 1, failed: 0, lost: 0 },
				refused: 0,
				missed: 0,
			});
			// Two to allocate, one each to permit, bind and refresh.
			expect(toServer).toMatchObject({ datagrams: 405, dropped: 0, delay: { count: 405 } });
			expect(toClient).toMatchObject({ datagrams: 405, dropped: 0, delay: { count: 405 } });
			expect(bridge.lastError()).toBeUndefined();
		},
	);

	test("20 clients at once, each with its own connection, and none left after close", async () => {
		const bridge = await bridgeTo(serverOf("tls"));
		const peer = await echoPeer();
		const socketsBefore = openSockets();
		const clients = await Promise.all(
			Array.from({ length: 20 }, (_, index) => clientAt(bridge, `one-of-20-${index}`)),
		);
		const relayed = await Promise.all(clients.map((client) => client.allocate()));
		expect(new Set(relayed).size).toBe(20);
		await Promise.all(clients.map((client) => client.bindChannel(peer)));
		const order = { by: "channel", packets: 50, everyMs: 20 } as const;
		const echoes = await Promise.all(clients.map((client) => echoThrough(client, peer, order)));
		expect(echoes.map(({ intact, wrong }) => ({ intact, wrong }))).toEqual(
			Array.from({ length: 20 }, () => ({ intact: 50, wrong: 0 })),
		);
		expect(bridge.stats()).toMatchObject({ clients: 20, connections: { opened: 20, lost: 0 } });
		expect(openSockets().tcp).toBe(socketsBefore.tcp + 20);
		await Promise.all([bridge.close(), bridge.close()]);
		expect(openSockets().tcp).toBe(socketsBefore.tcp);
		expect(bridge.stats().clients).toBe(0);
	});

	test("wrong credentials are the server's business: its answer passes", async () => {
		const bridge = await bridgeTo(serverOf("tcp"));
		const client = await clientOf(bridge, "another secret", "stranger");
		await expect(client.allocate()).rejects.toThrow("error 401");
		expect(bridge.lastError()).toBeUndefined();
	});

	test("another CA is named, and nothing was said to the server", async () => {
		const otherCa = await readFile(ca().otherCaFile, "utf8");
		const bridge = await bridgeTo({ ...serverOf("tls"), caPem: otherCa });
		const client = await clientAt(bridge, "distrustful");
		client.allocate().catch(() => {});
		await vi.waitFor(() => expect(bridge.lastError()).toBeDefined(), { timeout: 5_000 });
		expect(bridge.lastError()?.message).toMatch(
			/^TURN server 127\.0\.0\.1:\d+ over TLS: its certificate is signed by an unknown CA/,
		);
		expect(bridge.stats()).toMatchObject({ clients: 0, connections: { failed: 1, lost: 0 } });
		expect(bridge.stats().toServer.delay.count).toBe(0);
	});

	test("a client that goes without a word: its connection and its allocation end", async () => {
		const bridge = await bridgeTo(serverOf("tcp"));
		const client = await clientAt(bridge, "gone-silently");
		await client.allocate();
		expect(bridge.stats().clients).toBe(1);
		await client.close();
		await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 10_000 });
		await vi.waitFor(async () =>
			expect(await turn().log()).toMatch(
				/remote 127\.0\.0\.1:\d+, reason: TCP connection closed by client[^\n]*\n[^\n]*delete: [^\n]*gone-silently/,
			),
		);
		expect(bridge.stats().connections.lost).toBe(0);
	});

	test("a client that gets the port of one that has gone gets a connection of its own", async () => {
		const bridge = await bridgeTo(serverOf("tcp"));
		const first = await clientAt(bridge, "first");
		await first.allocate();
		const { port } = first;
		await first.close();
		const second = await clientAt(bridge, "second", port);
		expect(await second.allocate()).toBeGreaterThan(0);
		expect(bridge.stats().connections).toEqual({ opened: 2, failed: 0, lost: 0 });
	});

	test("idle clients end after a minute, those that gave their allocation back after 2 s", async () => {
		const clock = new ManualClock();
		const bridge = await bridgeTo({ ...serverOf("tcp"), clock });
		const idle = await clientAt(bridge, "idle");
		const leaving = await clientAt(bridge, "leaving");
		await idle.allocate();
		await leaving.allocate();
		await leaving.refresh(0);
		await advance(clock, 4_000);
		expect(bridge.stats().clients).toBe(1);
		await advance(clock, 59_000);
		expect(bridge.stats().clients).toBe(1);
		await advance(clock, 63_000);
		expect(bridge.stats()).toMatchObject({ clients: 0, connections: { lost: 0 } });
	});

	test.each([
		["that goes without a word", false],
		["of a bridge that closes", true],
	])("over UDP the allocation of a client %s is given back in its name", async (_name, closes) => {
		const name = closes ? "closed-udp" : "silent-udp";
		const { username, password } = credentialsFor(turn().secret, name);
		const passwordOf = (asked: string) => (asked.endsWith(`:${name}`) ? password : undefined);
		const bridge = await bridgeTo({ ...serverOf("udp"), passwordOf });
		const client = await TurnClient.open(
			{ address: bridgeAddress, port: bridge.port },
			{ username, password },
		);
		await client.allocate();
		await client.close();
		if (closes) await bridge.close();
		else await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 10_000 });
		await vi.waitFor(
			async () => {
				const log = await turn().log();
				expect(log).toMatch(
					new RegExp(`user <${username}>: incoming packet REFRESH processed, success`),
				);
				expect(log).toMatch(new RegExp(`delete: realm=<livesoak.test>, username=<${username}>`));
			},
			{ timeout: 10_000 },
		);
	});

	test("two peers of the light engine's ICE library meet over TLS, and leave nothing behind", async () => {
		const bridge = await bridgeTo(serverOf("tls"));
		const peers = ["caller", "callee"].map((name) => {
			const { username, password } = credentialsFor(turn().secret, name);
			const server = { hostname: bridgeAddress, port: bridge.port, username, password };
			const peer = new PeerConnection(name, {
				iceServers: [{ ...server, relayType: "TurnUdp" }],
				iceTransportPolicy: "relay",
				bindAddress: bridgeAddress,
			});
			endings.push(async () => peer.close());
			return peer;
		});
		const [caller, callee] = peers;
		if (caller === undefined || callee === undefined) throw new Error("two peers");
		for (const [from, to] of [
			[caller, callee],
			[callee, caller],
		] as const) {
			from.onLocalDescription((sdp, type) => to.setRemoteDescription(sdp, type));
			from.onLocalCandidate((candidate, mid) => to.addRemoteCandidate(candidate, mid));
		}
		const heard = new Promise<string>((resolve) => {
			callee.onDataChannel((channel) => channel.onMessage((text) => resolve(String(text))));
		});
		const channel = caller.createDataChannel("greeting");
		channel.onOpen(() => channel.sendMessage("through two relays"));
		expect(await heard).toBe("through two relays");
		expect(caller.getSelectedCandidatePair()?.local).toMatchObject({ type: "relay" });
		expect(bridge.stats()).toMatchObject({ clients: 2, connections: { opened: 2, lost: 0 } });
		for (const peer of peers) peer.close();
		await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 15_000 });
		expect(bridge.stats().connections.lost).toBe(0);
	});

	test("the bridge's own delay, and the round trip against TURN over UDP", async () => {
		const udpPort = parseIceUri(turn().uris.udp).port;
		const bridges = {
			udp: await bridgeTo(serverOf("udp")),
			tcp: await bridgeTo(serverOf("tcp")),
			tls: await bridgeTo(serverOf("tls")),
		};
		const peer = await echoPeer();
		const ways = { direct: { address: "127.0.0.1", port: udpPort }, ...bridges } as const;
		const lines: string[] = [];
		for (const [name, way] of Object.entries(ways)) {
			const client = await clientOf(way, turn().secret, `rtt-${name}`);
			await client.allocate();
			await client.bindChannel(peer);
			const order = { by: "channel", packets: 300, everyMs: 5 } as const;
			const { intact, rttMs } = await echoThrough(client, peer, order);
			expect(intact).toBe(300);
			const [p50, p99] = [50, 99].map((p) => percentile(rttMs, p).toFixed(3));
			lines.push(`relay echo, ${name}: RTT p50 ${p50} ms, p99 ${p99} ms`);
		}
		for (const [name, bridge] of Object.entries(bridges)) {
			const { toServer, toClient } = bridge.stats();
			for (const [way, { delay }] of Object.entries({ toServer, toClient })) {
				expect(delay.count).toBeGreaterThan(300);
				expect(delay.p50Us).toBeLessThanOrEqual(delay.p99Us);
				lines.push(`bridge ${name} ${way}: p50 ${delay.p50Us} µs, p99 ${delay.p99Us} µs`);
			}
		}
		process.stderr.write(`${lines.join("\n")}\n`);
	});
});

requirePart("coturn")("a TURN server that goes away", () => {
	test("is named, and the client is served again when it is back", async () => {
		const server = await startCoturn({ binary: await findCoturn(process.env) });
		endings.push(server.stop);
		const { port } = parseIceUri(server.uris.tcp);
		const bridge = await bridgeTo({ port });
		const client = await clientOf(bridge, server.secret, "patient");
		await client.allocate();
		const restarted = server.restart();
		await vi.waitFor(() => expect(bridge.stats().connections.lost).toBe(1), { timeout: 10_000 });
		expect(bridge.lastError()?.message).toMatch(
			/over TCP: it (closed|reset) the connection \((CLOSED|ECONNRESET)\)$/,
		);
		// Media of an allocation that is no more opens no connection.
		client.sendOnChannel(Buffer.from("media"));
		await vi.waitFor(() => expect(bridge.stats().refused).toBe(1));
		await restarted;
		expect(await client.allocate().catch(String)).toBeTypeOf("number");
		expect(bridge.lastError()).toBeUndefined();

		await server.stop();
		await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 10_000 });
		client.allocate().catch(() => {});
		await vi.waitFor(() => expect(bridge.stats().connections.failed).toBe(1));
		expect(bridge.lastError()).toEqual({
			code: "ECONNREFUSED",
			cause: "turn-unreachable",
			message: `TURN server 127.0.0.1:${port} over TCP: the connection is refused (ECONNREFUSED)`,
		});
	});
});

requirePart()("what is no TURN", () => {
	test("a server that speaks something else is named and its connection closed", async () => {
		const port = await serverThat((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
		const bridge = await bridgeTo({ port });
		const client = await clientOf(bridge, "secret", "misled");
		client.allocate().catch(() => {});
		await vi.waitFor(() => expect(bridge.stats().connections.lost).toBe(1));
		expect(bridge.lastError()?.message).toBe(
			`TURN server 127.0.0.1:${port} over TCP: it does not speak TURN: it sent a message that begins with 0x48 (NOT_TURN)`,
		);
	});

	test("datagrams that are no TURN open no connection and are counted", async () => {
		const bridge = await bridgeTo({ port: 9 });
		const client = await clientOf(bridge, "secret", "noisy");
		for (const datagram of ["hello", "\x80\x60", ""])
			client.sendRaw(Buffer.from(datagram, "latin1"));
		await vi.waitFor(() => expect(bridge.stats().refused).toBe(3));
		expect(bridge.stats().connections.opened).toBe(0);
	});

	test("a server that reads nothing: datagrams are dropped and counted, never piled up", async () => {
		const port = await serverThat((socket) => socket.pause());
		const bridge = await bridgeTo({ port });
		const client = await clientOf(bridge, "secret", "flood");
		client.allocate().catch(() => {});
		await vi.waitFor(() => expect(bridge.stats().connections.opened).toBe(1));
		const payload = Buffer.alloc(60_000);
		await vi.waitFor(
			() => {
				for (let round = 0; round < 3; round++) client.sendOnChannel(payload);
				expect(bridge.stats().toServer.dropped).toBeGreaterThan(10);
			},
			{ timeout: 20_000, interval: 2 },
		);
		expect(bridge.stats()).toMatchObject({ clients: 1, connections: { lost: 0 } });
	});
});

describe("TURN over UDP", () => {
	test("datagrams pass both ways as they are, each client with a socket of its own", async () => {
		const server = await udpServer();
		const bridge = await bridgeTo({ port: server.port, transport: "udp" });
		const clients = await Promise.all([1, 2].map((n) => clientOf(bridge, "secret", `raw-${n}`)));
		// A request opens the way; ChannelData of 3 bytes has no padding over UDP.
		const sent = [stun(0x0001, Buffer.alloc(0)), channelData(0x4000, Buffer.from("abc"))];
		for (const client of clients) for (const datagram of sent) client.sendRaw(datagram);
		await vi.waitFor(() => expect(server.received).toHaveLength(4));
		const byPort = new Map<number, string[]>();
		for (const { from, datagram } of server.received)
			byPort.set(from, [...(byPort.get(from) ?? []), datagram.toString("hex")]);
		const whole = sent.map((datagram) => datagram.toString("hex"));
		expect([...byPort.values()]).toEqual([whole, whole]);

		const heard: string[] = [];
		for (const client of clients) client.onData = (payload) => heard.push(String(payload));
		const answer = channelData(0x4000, Buffer.from("xyz"));
		for (const port of byPort.keys()) server.send(answer, port);
		await vi.waitFor(() => expect(heard).toEqual(["xyz", "xyz"]));
		expect(bridge.stats()).toMatchObject({
			connections: { opened: 2, failed: 0, lost: 0 },
			toServer: { datagrams: 4, dropped: 0, delay: { count: 4 } },
			toClient: { datagrams: 2, dropped: 0, delay: { count: 2 } },
		});
	});

	test("a server that is not there, comes, and goes: named each time, and the client keeps its port", async () => {
		const { port, ...first } = await udpServer();
		await first.close();
		const bridge = await bridgeTo({ port, transport: "udp" });
		const client = await clientOf(bridge, "secret", "patient");
		const request = stun(0x0001, Buffer.alloc(0));
		client.sendRaw(request);
		await vi.waitFor(() => expect(bridge.stats().connections.failed).toBe(1));
		expect(bridge.lastError()).toEqual({
			code: "ECONNREFUSED",
			cause: "turn-unreachable",
			message: `TURN server 127.0.0.1:${port} over UDP: nobody listens at its port (ECONNREFUSED)`,
		});

		const server = await udpServer(port);
		client.sendRaw(request);
		await vi.waitFor(() => expect(server.received).toHaveLength(1));
		server.send(stun(0x0101, Buffer.alloc(0)), server.received[0]?.from ?? 0);
		await vi.waitFor(() => expect(bridge.lastError()).toBeUndefined());

		await server.close();
		for (let again = 0; again < 3; again++) client.sendRaw(request);
		await vi.waitFor(() => expect(bridge.stats().connections.lost).toBe(1));
		expect(bridge.lastError()?.message).toContain("it no longer listens at its port");
		expect(bridge.stats()).toMatchObject({ clients: 1, connections: { opened: 1, failed: 1 } });
	});

	test("a host name that does not exist is named", async () => {
		const bridge = await bridgeTo({ host: "turn.invalid", port: 3478, transport: "udp" });
		const client = await clientOf(bridge, "secret", "lost");
		client.sendRaw(stun(0x0001, Buffer.alloc(0)));
		await vi.waitFor(() => expect(bridge.stats().connections.failed).toBe(1), { timeout: 10_000 });
		expect(bridge.lastError()).toMatchObject({ cause: "turn-unreachable" });
		expect(bridge.lastError()?.message).toMatch(
			/^TURN server turn\.invalid:3478 over UDP: its host/,
		);
		expect(bridge.stats().clients).toBe(0);
	});

	test("what comes from the server and is no TURN is named and goes no further", async () => {
		const server = await udpServer();
		const bridge = await bridgeTo({ port: server.port, transport: "udp" });
		const client = await clientOf(bridge, "secret", "misled");
		client.sendRaw(stun(0x0001, Buffer.alloc(0)));
		await vi.waitFor(() => expect(server.received).toHaveLength(1));
		for (const text of ["", "x", "\xffgarbage"])
			server.send(Buffer.from(text, "latin1"), server.received[0]?.from ?? 0);
		await vi.waitFor(() => expect(bridge.lastError()?.code).toBe("NOT_TURN"));
		expect(bridge.stats().toClient.datagrams).toBe(0);
	});

	test("a socket on the bridge's loopback reaches nothing over IPv4: what forces the relay", async () => {
		const server = await udpServer();
		const socket = createSocket({ type: "udp6" });
		endings.push(() => new Promise((resolve) => socket.close(() => resolve())));
		socket.bind(0, bridgeAddress);
		await once(socket, "listening");
		const sent = new Promise<Error | null>((resolve) =>
			socket.send("hello", server.port, "::ffff:127.0.0.1", (error) => resolve(error)),
		);
		expect(await sent).toMatchObject({ code: expect.stringMatching(/^E/) });
		expect(server.received).toHaveLength(0);
	});
});

/** A UDP port on 127.0.0.1 that keeps what it gets. */
async function udpServer(port = 0) {
	const socket = createSocket("udp4");
	const received: { from: number; datagram: Buffer }[] = [];
	socket.on("message", (datagram, { port: from }) => received.push({ from, datagram }));
	socket.bind(port, "127.0.0.1");
	await once(socket, "listening");
	let closed: Promise<void> | undefined;
	const close = () => {
		closed ??= new Promise((resolve) => socket.close(() => resolve()));
		return closed;
	};
	endings.push(close);
	const send = (datagram: Buffer, to: number) => socket.send(datagram, to, "127.0.0.1");
	return { port: socket.address().port, received, send, close };
}

/** Steps of less than a second, each with what the bridge reads from the system in between. */
async function advance(clock: ManualClock, untilMs: number): Promise<void> {
	while (clock.nowMs() < untilMs) {
		await vi.waitFor(() => expect(clock.sleeping).toBe(1));
		await clock.advanceTo(Math.min(untilMs, clock.nowMs() + 900));
	}
	await vi.waitFor(() => expect(clock.sleeping).toBe(1));
}

function openSockets(): { tcp: number } {
	const resources = process.getActiveResourcesInfo();
	return { tcp: resources.filter((name) => /^(TCPSocketWrap|TLSWrap)$/.test(name)).length };
}

async function serverThat(greets: (socket: Socket) => void): Promise<number> {
	const sockets = new Set<Socket>();
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		greets(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	endings.push(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}
