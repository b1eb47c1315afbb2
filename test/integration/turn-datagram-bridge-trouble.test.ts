import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { requirePart } from "../rig/real-parts.js";
import {
	bridgeTo,
	clientOf,
	endings,
	serverThat,
	withBridgedCoturn,
} from "../rig/turn-datagram-bridge.js";

requirePart("coturn", "openssl")("a TURN server that says no, or is not trusted", () => {
	const { ca, serverOf, clientAt } = withBridgedCoturn();

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
