import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import getPort from "get-port";
import { expect, vi } from "vitest";
import type { TestCa } from "./test-ca.js";

export interface RedisServerOptions {
	/** TLS only, with the CA's server certificate. */
	readonly tls?: TestCa;
	/** An ACL user's rule, such as `on >password ~* +@all`, by name. `default` can do everything unless it is named. */
	readonly users?: Readonly<Record<string, string>>;
	/** Written to disk, as far as a second ago: survives `restart`. */
	readonly appendOnly?: boolean;
	/** Such as `20mb`. */
	readonly maxMemory?: string;
	/** @default noeviction */
	readonly maxMemoryPolicy?: string;
	/** A node of a Redis Cluster. */
	readonly cluster?: boolean;
}

export interface RedisServer {
	readonly port: number;
	/** Of the server that runs now. */
	readonly pid: number;
	/** `redis://127.0.0.1:PORT`, or `rediss://` with TLS; without user and password. */
	readonly url: string;
	/** What redis-cli prints, without the last line break; as user `default`, or with `["--user", …]` first. */
	cli(...words: string[]): Promise<string>;
	/** Ends it, by default as an administrator does, or kills it; then starts it again at the same port. */
	restart(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
	/** Ends it; `start` starts it again at the same port with the same data. */
	end(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
	start(): Promise<void>;
	/** It stands still (SIGSTOP): connections stay open, and nothing is answered. */
	pause(): void;
	resume(): void;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}

/** A real redis-server with a folder and a port on 127.0.0.1 of its own; put it into `requirePart("redis")`. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-redis-"));
	const port = await freePort(options);
	const configFile = join(folder, "redis.conf");
	await writeFile(configFile, configOf(folder, port, options));
	const tlsWords =
		options.tls === undefined ? [] : ["--tls", "--cacert", options.tls.caFile, "--no-auth-warning"];
	let server: ChildProcess | undefined;
	const cli = async (...words: string[]) => {
		const all = ["-h", "127.0.0.1", "-p", String(port), ...tlsWords, ...words];
		const { stdout } = await promisify(execFile)("redis-cli", all, { timeout: 10_000 });
		return stdout.replace(/\n$/, "");
	};
	const end = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => {
		const running = server;
		server = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const exited = once(running, "exit");
		running.kill(signal);
		// One that stands still ends only after it goes on.
		running.kill("SIGCONT");
		await exited;
	};
	const stop = async () => {
		await end("SIGKILL");
		await rm(folder, { recursive: true, force: true });
	};
	const start = async () => {
		const log = () => readFile(join(folder, "redis.log"), "utf8").catch(() => "");
		const before = (await log()).length;
		server = spawn("redis-server", [configFile], { stdio: "ignore", cwd: folder });
		await vi.waitFor(
			async () => {
				// Asked in the log: with an ACL nobody may be allowed to PING.
				const text = (await log()).slice(before);
				expect(text).toContain("Ready to accept connections");
			},
			{ timeout: 10_000, interval: 20 },
		);
	};
	try {
		await start();
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		...{ port, cli, end, start, stop },
		url: `${options.tls === undefined ? "redis" : "rediss"}://127.0.0.1:${port}`,
		get pid() {
			if (server?.pid === undefined) throw new Error("it does not run");
			return server.pid;
		},
		async restart(signal) {
			await end(signal);
			await start();
		},
		pause: () => void server?.kill("SIGSTOP"),
		resume: () => void server?.kill("SIGCONT"),
	};
}

/** Where the nodes of a cluster talk to each other, by default 10,000 above: free ports are higher than it allows. */
const busOffset = 1;

/** A cluster's node needs the one above too. */
async function freePort({ cluster }: RedisServerOptions): Promise<number> {
	for (;;) {
		const port = await getPort({ host: "127.0.0.1" });
		if (!cluster) return port;
		const above = port + busOffset;
		if ((await getPort({ host: "127.0.0.1", port: above })) === above) return port;
	}
}

function configOf(folder: string, port: number, options: RedisServerOptions): string {
	const { tls, users = {}, appendOnly, maxMemory, maxMemoryPolicy = "noeviction" } = options;
	return [
		"bind 127.0.0.1",
		`port ${tls === undefined ? port : 0}`,
		...(tls === undefined
			? []
			: [
					`tls-port ${port}`,
					`tls-cert-file ${tls.server.certFile}`,
					`tls-key-file ${tls.server.keyFile}`,
					`tls-ca-cert-file ${tls.caFile}`,
					"tls-auth-clients no",
				]),
		`dir ${folder}`,
		`logfile ${join(folder, "redis.log")}`,
		'save ""',
		...(appendOnly ? ["appendonly yes", "appendfsync everysec"] : []),
		...(maxMemory === undefined ? [] : [`maxmemory ${maxMemory}`]),
		`maxmemory-policy ${maxMemoryPolicy}`,
		...(options.cluster
			? ["cluster-enabled yes", "cluster-node-timeout 2000", `cluster-port ${port + busOffset}`]
			: []),
		...Object.entries(users).map(([name, rule]) => `user ${name} ${rule}`),
		"",
	].join("\n");
}
