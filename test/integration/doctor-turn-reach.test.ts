import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { stun } from "../../src/doctor/checks/stun.js";
import { turn as check } from "../../src/doctor/checks/turn.js";
import { startCoturnWith } from "../rig/coturn-with.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";
import { examine, goodFor, handed } from "./doctor-turn-rig.js";

const credentials = { username: "alice", password: "the-password-of-alice" };

requirePart("coturn", "openssl")("TURN servers that are not there as promised", () => {
	const ca = withTestCa();

	test("stopped: every transport of it is one finding", async () => {
		const turn = await startCoturnWith();
		const servers = [handed(turn, ["stun", "udp", "tcp", "tls"], goodFor(turn))];
		await turn.stop();
		const [bySTUN, byTURN] = await Promise.all([examine(stun, servers), examine(check, servers)]);
		expect(bySTUN.ids).toEqual(["stun.refused"]);
		expect(byTURN.ids).toEqual(["turn.refused"]);
		expect(byTURN.findings[0]?.evidence).toHaveLength(3);
		expect(byTURN.relays?.some(({ works }) => works)).toBe(false);
	});

	test("TLS without a certificate: coturn opens no TLS port", async () => {
		const turn = await startCoturnWith();
		try {
			const { findings } = await examine(check, [handed(turn, ["udp", "tls"], goodFor(turn))]);
			expect(findings.map(({ id }) => id)).toEqual(["turn.tls-unreachable"]);
			expect(findings[0]?.fix).toContain("`cert`");
		} finally {
			await turn.stop();
		}
	});

	test("a name that nobody knows is left to the check of the list", async () => {
		const servers = [
			handed({ host: "turn.invalid", port: 3478, tlsPort: 5349 }, ["udp"], credentials),
		];
		const result = await examine(check, servers);
		expect(result.findings).toEqual([]);
		expect(result.lines[0]).toMatch(/turn\.invalid:3478.*: its name cannot be looked up/);
		expect(result.relays).toMatchObject([{ works: false }]);
	});

	test("nothing handed out is nothing to check", async () => {
		for (const one of [stun, check]) {
			const { skipped, findings, lines } = await examine(one, []);
			expect({ skipped: typeof skipped, findings, lines }).toEqual({
				...{ skipped: "string", findings: [], lines: [] },
			});
		}
	});

	test("expired, and for another name", async () => {
		const caPem = await readFile(ca().caFile, "utf8");
		for (const [certificate, id] of [
			[ca().expired, "turn.certificate-expired"],
			[ca().wrongName, "turn.certificate-name"],
		] as const) {
			const turn = await startCoturnWith({ tls: certificate });
			try {
				const { ids } = await examine(check, [handed(turn, ["tls"], goodFor(turn))], { caPem });
				expect(ids).toEqual([id]);
			} finally {
				await turn.stop();
			}
		}
	});

	test.each(["turns", "turn"])("%s: a web server has the port", async (scheme) => {
		const server = createServer();
		server.on("connection", (socket) => {
			socket.on("error", () => {});
			socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
		});
		const port = await listening(server);
		try {
			const urls = [`${scheme}:127.0.0.1:${port}?transport=tcp`];
			const { ids } = await examine(check, [{ urls, ...credentials, from: "service" }]);
			expect(ids).toEqual([scheme === "turns" ? "turn.no-tls" : "turn.not-turn"]);
		} finally {
			server.close();
		}
	});
});

function listening(server: Server): Promise<number> {
	return new Promise((resolve) => {
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			resolve(typeof address === "object" && address !== null ? address.port : 0);
		});
	});
}
