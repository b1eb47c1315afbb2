import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { expect, test } from "vitest";
import { restTurn } from "../../src/ice/rest-turn.js";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { startTurnTlsBridge, type TurnTlsBridgeOptions } from "../../src/turn/tls-bridge.js";
import { requirePart, withCoturn, withTestCa } from "../rig/real-parts.js";
import type { TestCertificate } from "../rig/test-ca.js";
import { allocate } from "../rig/turn-allocate.js";

requirePart("coturn", "openssl")("TURN credentials and the TLS bridge, with coturn", () => {
	const ca = withTestCa();
	const turn = withCoturn({ ca });

	/** REST credentials for participant 4, made by the source that a run uses. */
	async function credentials(secret: string, atMs = Date.now()): Promise<TurnCredentials> {
		const uris = [turn().uris.tcp];
		const source = restTurn({ uris, secret, ttlMs: 60_000, nowMs: () => atMs });
		const [server] = await source.serversFor("relay-tcp", 4);
		if (server === undefined) throw new Error("a relay policy has a server");
		return server;
	}

	const plainPort = () => parseIceUri(turn().uris.tcp).port;

	test("REST credentials are accepted, and the log shows the participant's name", async () => {
		const made = await credentials(turn().secret);
		expect(await allocate(plainPort(), made)).toBe("allocated");
		expect(await turn().log()).toContain(`user <${made.username}>`);
	});

	test("another secret is rejected", async () => {
		expect(await allocate(plainPort(), await credentials("another secret"))).toBe("error 401");
	});

	test("credentials that ran out are rejected", async () => {
		const old = await credentials(turn().secret, Date.now() - 120_000);
		expect(await allocate(plainPort(), old)).toBe("error 401");
	});

	/** An allocation through a bridge to coturn's TLS port, and what the bridge remembers. */
	async function overTls(options: Partial<TurnTlsBridgeOptions>) {
		const { port } = parseIceUri(turn().uris.tls ?? "");
		const bridge = await startTurnTlsBridge({
			host: "127.0.0.1",
			port,
			serverName: "127.0.0.1",
			insecure: false,
			...options,
		});
		try {
			const outcome = await allocate(bridge.port, await credentials(turn().secret));
			return { outcome, error: bridge.lastError() };
		} finally {
			await bridge.close();
		}
	}

	test("with the right CA the bridge allocates over TLS", async () => {
		const caPem = await readFile(ca().caFile, "utf8");
		expect(await overTls({ caPem })).toEqual({ outcome: "allocated", error: undefined });
		expect(await overTls({ caPem, serverName: "localhost" })).toMatchObject({
			outcome: "allocated",
		});
		expect(await turn().log()).toMatch(/TLSv1\.[23]/);
	});

	test("another CA is named, and so is the public roots' refusal", async () => {
		const caPem = await readFile(ca().otherCaFile, "utf8");
		for (const options of [{ caPem }, {}]) {
			const { outcome, error } = await overTls(options);
			expect(outcome).toBe("closed");
			expect(error?.code).toMatch(/^(UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN)/);
			expect(error?.message).toContain("its certificate is signed by an unknown CA");
		}
	});

	test("a certificate for another host name is named with the names it has", async () => {
		const caPem = await readFile(ca().caFile, "utf8");
		const { outcome, error } = await overTls({ caPem, serverName: "turn.example.org" });
		expect(outcome).toBe("closed");
		expect(error?.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
		expect(error?.message).toMatch(/for another host name: .*turn\.example\.org.*localhost/);
	});

	test("insecure, and only that, skips the check", async () => {
		expect(await overTls({ insecure: true, serverName: "turn.example.org" })).toEqual({
			outcome: "allocated",
			error: undefined,
		});
	});

	test("a port that speaks no TLS is named", async () => {
		const { outcome, error } = await overTls({ port: await chattyPort() });
		expect(outcome).toBe("closed");
		expect(error?.message).toContain("the port does not speak TLS (ERR_SSL_");
	});

	test("a port where nobody listens is named, and a later success clears it", async () => {
		const caPem = await readFile(ca().caFile, "utf8");
		const { port } = parseIceUri(turn().uris.tls ?? "");
		const front = createServer((client) => {
			const back = connect(port, "127.0.0.1");
			client.pipe(back).pipe(client);
			client.on("error", () => back.destroy());
			back.on("error", () => client.destroy());
		});
		const frontPort = await listen(front);
		await new Promise((resolve) => front.close(resolve));
		const bridge = await startTurnTlsBridge({
			...{ host: "127.0.0.1", port: frontPort, serverName: "localhost", caPem, insecure: false },
		});
		const made = await credentials(turn().secret);
		expect(await allocate(bridge.port, made)).toBe("closed");
		expect(bridge.lastError()).toMatchObject({
			code: "ECONNREFUSED",
			message: `TURN server 127.0.0.1:${frontPort} over TLS: the connection is refused (ECONNREFUSED)`,
		});
		await listen(front, frontPort);
		expect(await allocate(bridge.port, made)).toBe("allocated");
		expect(bridge.lastError()).toBeUndefined();
		await bridge.close();
		front.close();
	});

	test("closing the bridge ends its connections and its port", async () => {
		const caPem = await readFile(ca().caFile, "utf8");
		const { port } = parseIceUri(turn().uris.tls ?? "");
		const bridge = await startTurnTlsBridge({
			...{ host: "127.0.0.1", port, serverName: "localhost", caPem, insecure: false },
		});
		const client = connect(bridge.port, "127.0.0.1");
		await new Promise((resolve) => client.once("connect", resolve));
		const ended = new Promise((resolve) => client.once("close", resolve));
		client.on("error", () => {});
		await Promise.all([bridge.close(), bridge.close(), ended]);
		expect(await allocate(bridge.port, await credentials("x"))).toBe("closed");
	});

	test("bytes pass both ways unchanged, more than fit into any buffer", async () => {
		const { caFile, server } = ca();
		const far = createTlsServer(await pemOf(server), (socket) => socket.pipe(socket));
		const bridge = await startTurnTlsBridge({
			...{ host: "127.0.0.1", port: await listen(far), serverName: "localhost", insecure: false },
			caPem: await readFile(caFile, "utf8"),
		});
		const sent = randomBytes(4_000_000);
		const client = connect(bridge.port, "127.0.0.1");
		client.write(sent);
		const received: Buffer[] = [];
		let length = 0;
		for await (const chunk of client) {
			received.push(chunk);
			length += chunk.length;
			if (length >= sent.length) break;
		}
		expect(Buffer.concat(received).equals(sent)).toBe(true);
		await bridge.close();
		far.close();
	});

	test("a certificate that ran out is named", async () => {
		const { caFile, expired } = ca();
		const far = createTlsServer(await pemOf(expired));
		const { outcome, error } = await overTls({
			caPem: await readFile(caFile, "utf8"),
			port: await listen(far),
		});
		expect(outcome).toBe("closed");
		expect(error?.message).toContain("its certificate has expired (CERT_HAS_EXPIRED)");
		far.close();
	});
});

/** A port of this test that answers everything with a plain text, once. */
async function chattyPort(): Promise<number> {
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.end("220 no TLS here\r\n", () => server.close());
	});
	return listen(server);
}

async function pemOf({ certFile, keyFile }: TestCertificate) {
	return { cert: await readFile(certFile), key: await readFile(keyFile) };
}

function listen(server: Server, port = 0): Promise<number> {
	return new Promise((resolve) => {
		server.listen(port, "127.0.0.1", () => {
			const address = server.address();
			resolve(typeof address === "object" && address !== null ? address.port : 0);
		});
	});
}
