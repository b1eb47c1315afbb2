import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { bridgeAddress } from "../../src/turn/bind-loopback.js";
import { bridgeTo, clientOf, endings, udpServer } from "../rig/turn-datagram-bridge.js";
import { channelData, stun } from "../unit/turn/any-message.js";

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
