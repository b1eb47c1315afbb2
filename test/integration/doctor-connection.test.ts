import getPort from "get-port";
import { expect, test } from "vitest";
import { coturnConfig } from "../../src/backend/coturn-config.js";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startGuarded } from "../../src/backend/guarded-process.js";
import { liveKitVersion } from "../../src/backend/livekit-version.js";
import { freePortBlock } from "../../src/backend/port-block.js";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import {
	makeTemporaryFolder,
	removeTemporaryFolder,
	writeSecretFile,
} from "../../src/backend/temporary-folder.js";
import { connection, gathering } from "../../src/doctor/checks/connection.js";
import type { DoctorFacts, HandedIceServer } from "../../src/doctor/context.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { doctorContext } from "../rig/doctor-context.js";
import { liveKitBinary, requirePart, withCoturn, withLiveKit } from "../rig/real-parts.js";

const secret = "a-secret-of-the-doctor-tests-of-32-and-more";

function turnServer(urls: string[], of: string): HandedIceServer {
	const order = { secret: of, name: "doctor", ttlMs: 600_000, nowMs: Date.now() };
	return { urls, ...restCredentials(order), from: "service" };
}

const stunServer = (port: number): HandedIceServer => {
	return { urls: [`stun:127.0.0.1:${port}`], username: "", password: "", from: "server" };
};

requirePart("coturn")("the doctor's checks of gathering and connection", () => {
	const server = withLiveKit();
	const turn = withCoturn();
	const portOf = (uri: string) => Number(/:(\d+)\?/.exec(uri)?.[1]);

	test("healthy: every way connects, and there is nothing to say", async () => {
		const { udp, tcp } = turn().uris;
		const iceServers = [turnServer([udp, tcp], turn().secret), stunServer(portOf(udp))];
		const context = await doctorContext(server(), { iceServers });
		const gathered = await gathering.run(context);
		expect(gathered.findings).toEqual([]);
		expect(gathered.lines).toHaveLength(3);
		expect(gathered.lines[1]).toMatch(/relay \d+ ms/);
		const { findings, lines } = await connection.run(context);
		expect(findings).toEqual([]);
		expect(context.facts.connected).toEqual({
			...{ direct: true, tcp: true, "relay-udp": true, "relay-tcp": true },
		});
		for (const name of ["ordinary", "direct", "relay-udp", "relay-tcp", "tcp"])
			expect(lines.join("\n")).toMatch(new RegExp(`^${name}: connected in \\d+ ms`, "m"));
	});

	test("with one given token the joins go one after the other", async () => {
		const known = await doctorContext(server());
		const tokens = known.facts.tokens?.slice(0, 1) ?? [];
		const context = await doctorContext(server(), { tokens, iceServers: [] });
		const { findings, lines } = await connection.run(context);
		expect(findings).toEqual([]);
		expect(context.facts.connected).toEqual({ direct: true, tcp: true });
		expect(lines.join("\n")).toContain("ordinary: connected");
	});

	test("a STUN server that does not answer", async () => {
		const port = await getPort({ host: "127.0.0.1" });
		const context = await doctorContext(server(), { iceServers: [stunServer(port)] });
		const { findings } = await gathering.run(context);
		expect(findings.map(({ id }) => id)).toEqual(["gathering.no-srflx"]);
		expect(findings[0]?.title).toContain(`stun:127.0.0.1:${port}`);
	});

	test("a TURN server that refuses the credentials gives no relay candidate", async () => {
		const iceServers = [turnServer([turn().uris.udp], secret)];
		const { findings } = await gathering.run(await doctorContext(server(), { iceServers }));
		expect(findings.map(({ id }) => id)).toEqual(["gathering.no-relay"]);
		const relays = [{ uri: turn().uris.udp, transport: "udp", works: false }] as const;
		const told = await gathering.run(await doctorContext(server(), { iceServers, relays }));
		expect(told.findings).toEqual([]);
	});

	test("a TURN server that may not reach the LiveKit server", async () => {
		const host = "127.0.0.1";
		const folder = await makeTemporaryFolder("coturn");
		const { first: port, mediaStart, mediaEnd } = await freePortBlock(host);
		const ports = { port, relayStart: mediaStart, relayEnd: mediaEnd };
		const text = coturnConfig({ host, ...ports, realm: "doctor.test", secret, folder });
		const strict = text.replace("allow-loopback-peers\n", "");
		const config = await writeSecretFile(folder, "turnserver.conf", strict);
		const command = await findCoturn(process.env);
		const coturn = await startGuarded({ command, args: ["-c", config], env: {}, folder });
		try {
			const uri = `turn:${host}:${port}?transport=udp`;
			const relays = [{ uri, transport: "udp", works: true }] as const;
			const facts: DoctorFacts = { iceServers: [turnServer([uri], secret)], relays };
			const { findings } = await connection.run(await doctorContext(server(), facts));
			expect(findings.map(({ id }) => id)).toEqual(["connection.relay-cannot-reach-server"]);
			expect(JSON.stringify(findings)).not.toContain(secret);
		} finally {
			await coturn.stop();
			await removeTemporaryFolder(folder);
		}
	});

	test.each([
		{
			...{ what: "node_ip is an address of nobody", rtc: { node_ip: "198.51.100.7" } },
			...{ id: "connection.advertised-unreachable", title: "198.51.100.7" },
		},
		{
			...{ what: "force_tcp", rtc: { force_tcp: true } },
			...{ id: "connection.only-tcp-candidates", title: "no UDP at all" },
		},
	])("$what: $id", async ({ rtc, id, title }) => {
		const binary = await liveKitBinary();
		const version = (await liveKitVersion(binary)) ?? "";
		const broken = await startLiveKit({ binary, version, overrides: { rtc } });
		try {
			const { findings } = await connection.run(await doctorContext(broken, { iceServers: [] }));
			expect(findings[0]?.id).toBe(id);
			expect(findings[0]?.title).toContain(title);
		} finally {
			await broken.stop();
		}
	});
});
