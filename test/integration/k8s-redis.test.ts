import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseRedisUrl } from "../../src/fleet/redis/address.js";
import { openAgentLink } from "../../src/fleet/redis/agent-link.js";
import { openCoordinatorLink } from "../../src/fleet/redis/coordinator-link.js";
import { mainContainer, manifests, objectOf, type Pod } from "../rig/k8s.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";

const passwords = { AGENT_PASSWORD: "password-of-agents", COORDINATOR_PASSWORD: "of-coordinators" };

/** The container of Redis, as an overlay has it, run here: its command, its ConfigMap, its probe. */
requirePart(
	"kustomize",
	"redis",
	"openssl",
)("Redis of docker/k8s", () => {
	const ca = withTestCa();

	describe.each(["base", "overlays/full"])("%s", (overlay) => {
		let folder: string;
		let port: number;
		let server: ReturnType<typeof spawn> | undefined;
		const isTls = overlay !== "base";

		const container = () =>
			mainContainer(objectOf(manifests(overlay), "StatefulSet", "redis").spec?.template as Pod);
		const ofHere = (word: string) =>
			word
				.replace(/^\/etc\/redis\//, `${folder}/`)
				.replace(/^\/tls\/ca\.crt$/, ca().caFile)
				.replace(/^\/tls\/tls\.crt$/, ca().server.certFile)
				.replace(/^\/tls\/tls\.key$/, ca().server.keyFile)
				.replace(/^6379$/, String(port));

		function start(env: Readonly<Record<string, string>> = passwords) {
			const { command: [shell = "", ...words] = [], args = [] } = container();
			const here = ["--bind", "127.0.0.1", "--logfile", join(folder, "log")];
			const atPort = isTls ? [] : ["--port", String(port)];
			return spawn(shell, [...[...words, ...args].map(ofHere), ...atPort, ...here], {
				// Its volume is mounted where it works.
				cwd: folder,
				env: { PATH: process.env.PATH, TMPDIR: folder, ...env },
				stdio: ["ignore", "ignore", "pipe"],
			});
		}

		/** What redis-cli prints; rejects where Redis answers with an error. */
		async function asks(user: string, password: string, ...words: string[]) {
			const tls = isTls ? ["--tls", "--cacert", ca().caFile] : [];
			const who = ["-e", "--no-auth-warning", "--user", user, "--pass", password];
			const args = ["-h", "127.0.0.1", "-p", String(port), ...tls, ...who, ...words];
			return (await promisify(execFile)("redis-cli", args, { timeout: 10_000 })).stdout.trim();
		}
		const asAgent = (...words: string[]) => asks("agent", passwords.AGENT_PASSWORD, ...words);

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "livesoak-test-k8s-redis-"));
			port = await getPort({ host: "127.0.0.1" });
			const volume = objectOf(manifests(overlay), "StatefulSet", "redis").spec?.template?.spec;
			const map = volume?.volumes?.find(({ name }) => name === "config")?.configMap?.name ?? "";
			const files = Object.entries(objectOf(manifests(overlay), "ConfigMap", map).data ?? {});
			for (const [name, text] of files) await writeFile(join(folder, name), text);
			server = start();
			await vi.waitFor(
				async () => {
					const [program = "", ...words] = container().readinessProbe?.exec.command ?? [];
					const probe = [...words.slice(0, -1).map(ofHere), "-p", String(port), "ping"];
					const { stdout } = await promisify(execFile)(program, probe);
					expect(stdout.trim()).toBe("PONG");
				},
				{ timeout: 10_000, interval: 200 },
			);
		});

		afterAll(async () => {
			if (server?.exitCode === null) {
				const ended = once(server, "exit");
				server.kill("SIGKILL");
				await ended;
			}
			await rm(folder, { recursive: true, force: true });
		});

		test("it keeps what it has: append-only, on its volume, and never evicts", async () => {
			const { workingDir, volumeMounts = [] } = container();
			expect(volumeMounts.find(({ name }) => name === "data")?.mountPath).toBe(workingDir);
			expect((await stat(join(folder, "appendonlydir"))).isDirectory()).toBe(true);
			const info = await asAgent("info");
			expect(info).toMatch(/^aof_enabled:1\r?$/m);
			expect(info).toMatch(/^maxmemory_policy:noeviction\r?$/m);
			expect(info).toMatch(/^maxmemory:536870912\r?$/m);
		});

		test("agents and coordinator have the least rights, those of docs/redis.md", async () => {
			const page = await readFile(new URL("../../docs/redis.md", import.meta.url), "utf8");
			const [, rights = "none"] = /^user livesoak on >PASSWORD (.*)$/m.exec(page) ?? [];
			const users = (await readFile(join(folder, "users.acl"), "utf8"))
				.split("\n")
				.map((line) => line.replace(/\s+/g, " ").trim());
			for (const name of ["agent", "coordinator"])
				expect(users.find((line) => line.startsWith(`user ${name} `))).toMatch(
					new RegExp(`^user ${name} on #[0-9a-f]{64} ${rights.replaceAll(/[+*{|}]/g, "\\$&")}$`),
				);
		});

		test("an agent and a coordinator have every right that they need", async () => {
			const scheme = isTls ? "rediss" : "redis";
			const address = (user: string, password: string) =>
				parseRedisUrl(
					`${scheme}://${user}@127.0.0.1:${port}`,
					{ LIVESOAK_REDIS_PASSWORD: password },
					"--redis",
					isTls ? caPem : undefined,
				);
			const caPem = await readFile(ca().caFile, "utf8");
			const coordinator = await openCoordinatorLink({
				run: "a-run",
				redis: address("coordinator", passwords.COORDINATOR_PASSWORD),
			});
			const agent = await openAgentLink({
				agent: "an-agent",
				redis: address("agent", passwords.AGENT_PASSWORD),
			});
			try {
				const heard: string[] = [];
				agent.onOrder(
					({ kind }) => void heard.push(kind),
					(problem) => void heard.push(problem),
				);
				coordinator.onMessage(
					(_agent, { kind }) => void heard.push(kind),
					(_agent, problem) => void heard.push(problem),
				);
				expect(await coordinator.lead()).toBe(true);
				await coordinator.send("an-agent", { kind: "stop", run: "a-run" });
				await agent.send({ kind: "reserved", run: "a-run", seq: 1 });
				await coordinator.pulse({ run: "a-run", atMs: 1, heard: { "an-agent": 1 } });
				expect(await agent.pulseOf("a-run")).toMatchObject({ atMs: 1 });
				await vi.waitFor(() => expect(heard.sort()).toEqual(["reserved", "stop"]), 10_000);
				await coordinator.forget();
			} finally {
				await agent.close();
				await coordinator.close();
			}
		});

		test.each([
			"get somebody-elses",
			"set somebody-elses 1",
			"keys *",
			"flushall",
			"config get dir",
			"acl whoami",
			"acl setuser me on",
			"client list",
			"client kill type normal",
			"script flush",
			"replicaof no one",
			"module list",
			"shutdown",
		])("an agent may not: %s", async (line) => {
			await expect(asAgent(...line.split(" "))).rejects.toThrow(/NOPERM|No permissions/);
		});

		test("nobody else may anything, and the probe may only ask whether it is there", async () => {
			await expect(asks("agent", "wrong", "ping")).rejects.toThrow(/WRONGPASS|NOAUTH/);
			await expect(asks("default", "", "ping")).rejects.toThrow(/WRONGPASS|NOAUTH/);
			await expect(asks("default", "any", "ping")).rejects.toThrow(/WRONGPASS|NOAUTH/);
			expect(await asks("probe", "none", "ping")).toBe("PONG");
			await expect(asks("probe", "none", "info")).rejects.toThrow(/NOPERM|No permissions/);
		});

		test("passwords are in no file and no argument", async () => {
			const users = join(folder, "users.acl");
			expect((await stat(users)).mode & 0o777).toBe(0o600);
			const text = await readFile(users, "utf8");
			const words = await readFile(`/proc/${server?.pid}/cmdline`, "utf8");
			const environment = await readFile(`/proc/${server?.pid}/environ`, "utf8");
			expect(words).toContain("redis-server");
			for (const password of Object.values(passwords))
				for (const where of [text, words, environment]) expect(where).not.toContain(password);
		});

		test.each(Object.keys(passwords))("without %s it does not start, and says so", async (name) => {
			const without = start({ ...passwords, [name]: "" });
			let said = "";
			without.stderr?.on("data", (chunk) => {
				said += chunk;
			});
			const [code] = await once(without, "close");
			expect({ code, said }).toEqual({
				code: 2,
				said: expect.stringContaining(`${name} is not set`),
			});
		});
	});
});
