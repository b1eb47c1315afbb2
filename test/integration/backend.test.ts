import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { freePortBlock } from "../../src/backend/port-block.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import {
	type LiveKitPorts,
	type RunningServer,
	startLiveKit,
} from "../../src/backend/start-livekit.js";
import { expectGone, expectThere, parentOf, type Traces } from "../rig/gone.js";
import {
	liveKitBinary,
	requirePart,
	withCoturn,
	withLiveKit,
	withTestCa,
} from "../rig/real-parts.js";

const parentToKill = fileURLToPath(new URL("../rig/parent-to-kill.js", import.meta.url));
let binary: string;

beforeAll(async () => {
	binary = await liveKitBinary();
});

function tracesOf(server: RunningServer): Traces {
	return { pid: server.pid, port: server.ports.signalPort, folder: server.folder };
}

async function portHolder(): Promise<{ port: number; close(): void }> {
	const holder = createServer().listen(0, "127.0.0.1");
	await once(holder, "listening");
	const address = holder.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return { port: address.port, close: () => holder.close() };
}

describe("livekit-server", () => {
	const shared = withLiveKit();

	test("is ready: it answers, shows metrics and says its version", async () => {
		const { url, metricsUrl, version } = shared();
		expect((await fetch(url.replace("ws:", "http:"))).status).toBe(200);
		const metrics = await (await fetch(metricsUrl)).text();
		expect(metrics).toMatch(/^livekit_[a-z_]+\{/m);
		expect(version).toMatch(/^v\d+\.\d+\.\d+/);
		expect(shared().logTail().join("\n")).toContain("starting LiveKit server");
	});

	test("keeps its secret in a file that only the owner can read, and out of the process list", async () => {
		const { folder, apiSecret, pid } = shared();
		const config = join(folder, "livekit.yaml");
		expect((await stat(config)).mode & 0o777).toBe(0o600);
		expect((await stat(folder)).mode & 0o777).toBe(0o700);
		expect(await readFile(config, "utf8")).toContain(apiSecret);
		expect(shared().logTail().join("\n")).not.toContain(apiSecret);
		if (platform() !== "linux") return;
		for (const each of [pid, parentOf(pid)]) {
			expect(await readFile(`/proc/${each}/cmdline`, "utf8")).not.toContain(apiSecret);
			expect(await readFile(`/proc/${each}/environ`, "utf8")).not.toContain(apiSecret);
		}
	});

	test("a second one at the same time gets other ports, and stops without a trace, twice", async () => {
		const second = await startLiveKit({ binary });
		try {
			const first = shared().ports;
			const taken = [first.signalPort, first.metricsPort, first.tcpPort];
			expect(taken).not.toContain(second.ports.signalPort);
			expect(taken).not.toContain(second.ports.metricsPort);
			expect(taken).not.toContain(second.ports.tcpPort);
			expect(second.ports.udpEnd - second.ports.udpStart + 1).toBeGreaterThanOrEqual(2_000);
			await expectThere(tracesOf(second));
		} finally {
			await Promise.all([second.stop(), second.stop()]);
		}
		await expectGone(tracesOf(second));
		expect(await second.exited).toMatchObject({ asked: true, forced: false });
		await expectThere(tracesOf(shared()));
	});

	test("ends with its abort signal", async () => {
		const stop = new AbortController();
		const server = await startLiveKit({ binary, signal: stop.signal });
		stop.abort();
		await expectGone(tracesOf(server));
	});

	test("that dies by itself is told, with nobody having asked", async () => {
		const server = await startLiveKit({ binary });
		process.kill(server.pid, "SIGKILL");
		expect(await server.exited).toMatchObject({ signal: "SIGKILL", asked: false });
		await server.stop();
		await expectGone(tracesOf(server));
	});

	test.runIf(platform() === "linux")("ends even if its guardian is killed", async () => {
		const server = await startLiveKit({ binary });
		process.kill(parentOf(server.pid), "SIGKILL");
		expect(await server.exited).toMatchObject({ asked: false });
		await server.stop();
		await expectGone(tracesOf(server));
	});

	test("whose port is taken meanwhile tries others", async () => {
		const holder = await portHolder();
		const { ports } = shared();
		const block = await freePortBlock("127.0.0.1");
		const free: LiveKitPorts = {
			...ports,
			tcpPort: block.first,
			udpStart: block.mediaStart,
			udpEnd: block.mediaEnd,
			signalPort: block.first + 1,
			metricsPort: block.first + 2,
		};
		const offers = [
			{ ...free, signalPort: holder.port },
			{ ...free, tcpPort: ports.tcpPort },
			free,
		];
		const log: string[] = [];
		const server = await startLiveKit({
			binary,
			choosePorts: async () => offers.shift() ?? free,
			onLog: (line) => log.push(line),
		});
		await server.stop();
		holder.close();
		expect(server.ports).toEqual(free);
		expect(log.filter((line) => line.includes("trying others"))).toHaveLength(2);
	});

	test("on a given port that is in use is refused with the port's number", async () => {
		const { port, close } = await portHolder();
		await expect(startLiveKit({ binary, port })).rejects.toThrow(
			`Port ${port} on 127.0.0.1 is in use`,
		);
		close();
	});

	test("that cannot read its configuration is told with its own words", async () => {
		const starting = startLiveKit({ binary, overrides: { nonsense: true } });
		await expect(starting).rejects.toMatchObject({ exitCode: 1 });
		await expect(starting).rejects.toThrow(/ended before it was ready[\s\S]*nonsense/);
	});
});

describe("LIVEKIT_SERVER_BIN", () => {
	const find = (path: string) =>
		findLiveKitServer({ env: { LIVEKIT_SERVER_BIN: path }, onProgress: () => {} });

	test.each([
		["/no/such/server", "does not exist"],
		[tmpdir(), "is a folder"],
		[parentToKill, "is not executable"],
		["/bin/ls", "is not livekit-server"],
	])("%s is refused: it %s", async (path, why) => {
		await expect(find(path)).rejects.toMatchObject({
			name: "UserError",
			exitCode: 2,
			message: expect.stringMatching(new RegExp(`LIVEKIT_SERVER_BIN names ${path}.*${why}`)),
		});
	});

	test("is used if it is right, whatever PATH and cache hold", async () => {
		expect(await find(binary)).toMatchObject({ path: binary, origin: "LIVEKIT_SERVER_BIN" });
	});
});

requirePart("coturn", "openssl")("coturn", () => {
	const ca = withTestCa();
	const turn = withCoturn({ ca });

	test("has the URIs of what it listens to, and TLS with the given certificate", async () => {
		const { uris } = turn();
		expect(uris.udp).toMatch(/^turn:127\.0\.0\.1:\d+\?transport=udp$/);
		expect(uris.tcp).toBe(uris.udp.replace("udp", "tcp"));
		const port = Number(/^turns:127\.0\.0\.1:(\d+)\?transport=tcp$/.exec(uris.tls ?? "")?.[1]);
		const handshake = async (caFile: string) => {
			const socket = connectTls({ host: "127.0.0.1", port, ca: await readFile(caFile) });
			try {
				await once(socket, "secureConnect");
				return socket.getPeerCertificate().subject.CN;
			} finally {
				socket.destroy();
			}
		};
		expect(await handshake(ca().caFile)).toBe("server");
		await expect(handshake(ca().otherCaFile)).rejects.toThrow(/certificate/);
	});

	test("restarts with the same ports and secret as another process", async () => {
		const { pid, uris, logFile } = turn();
		await turn().restart();
		expect(turn().pid).not.toBe(pid);
		expect(turn().uris).toEqual(uris);
		const port = Number(/:(\d+)\?/.exec(uris.tcp)?.[1]);
		await expectThere({ pid: turn().pid, port, folder: logFile });
	});

	test("stops without a trace", async () => {
		const second = await startCoturn({ binary: await findCoturn(process.env) });
		const port = Number(/:(\d+)\?/.exec(second.uris.tcp)?.[1]);
		const traces = { pid: second.pid, port, folder: join(second.logFile, "..") };
		await expectThere(traces);
		expect(await second.log()).not.toContain(second.secret);
		await second.stop();
		await expectGone(traces);
	});

	test("that ends at once is told, not waited for", async () => {
		const tls = { certFile: "/no/cert.pem", keyFile: "/no/key.pem" };
		await expect(startCoturn({ binary: "/bin/false", tls })).rejects.toThrow(
			/coturn ended before it was ready \(exit code 1\)/,
		);
	});
});

requirePart("coturn")("a parent killed with SIGKILL", () => {
	let parent: ReturnType<typeof spawn>;

	afterAll(() => parent.kill("SIGKILL"));

	test("leaves no server, no port and no folder", async () => {
		const args = [parentToKill, binary, await findCoturn(process.env)];
		parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
		if (parent.stdout === null) throw new Error("no output");
		const [line] = await once(createInterface({ input: parent.stdout }), "line");
		const started: Traces[] = JSON.parse(line);
		expect(started).toHaveLength(2);
		for (const traces of started) await expectThere(traces);
		parent.kill("SIGKILL");
		for (const traces of started) await expectGone(traces);
	});
});
