import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { Redis } from "ioredis";
import { UserError } from "../../src/error/user-error.js";

/** What Redis counts of itself, since its start. */
export interface RedisCounts {
	/** Those inside of scripts, too. */
	readonly commands: number;
	/** BullMQ does most of its work in scripts. */
	readonly scripts: number;
	readonly bytesIn: number;
	readonly bytesOut: number;
	readonly cpuSeconds: number;
	readonly peakMemoryBytes: number;
	readonly clients: number;
}

/** A redis-server on loopback, written to disk as one in earnest should be (AOF, each second). */
export class RedisProcess {
	readonly url: string;
	readonly pid: number;
	readonly #server: ChildProcess;
	readonly #folder: string;
	readonly #client: Redis;

	private constructor(server: ChildProcess, folder: string, port: number) {
		this.#server = server;
		this.#folder = folder;
		this.pid = server.pid ?? 0;
		this.url = `redis://127.0.0.1:${port}`;
		this.#client = new Redis(this.url, { retryStrategy: () => 50 });
		this.#client.on("error", () => {});
	}

	/** @throws UserError where there is no redis-server */
	static async start(): Promise<RedisProcess> {
		const folder = await mkdtemp(join(tmpdir(), "livesoak-bench-redis-"));
		const port = await getPort({ host: "127.0.0.1" });
		const words = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""];
		const durable = ["--appendonly", "yes", "--maxmemory-policy", "noeviction"];
		const server = spawn("redis-server", [...words, ...durable], { stdio: "ignore" });
		const failed = new Promise<never>((_, reject) => {
			server.once("error", (cause) =>
				reject(new UserError({ message: "There is no redis-server.", cause, exitCode: 1 })),
			);
		});
		await Promise.race([failed, once(server, "spawn")]);
		const started = new RedisProcess(server, folder, port);
		await started.#client.ping();
		return started;
	}

	async counts(): Promise<RedisCounts> {
		const info = await this.#client.info("all");
		const number = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
		const stats = [...info.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)];
		const callsOf = (isMeant: (name: string) => boolean) =>
			stats.reduce((sum, [, name = "", calls]) => sum + (isMeant(name) ? Number(calls) : 0), 0);
		return {
			commands: callsOf(() => true),
			scripts: callsOf((name) => name.startsWith("eval") || name.startsWith("fcall")),
			bytesIn: number("total_net_input_bytes"),
			bytesOut: number("total_net_output_bytes"),
			cpuSeconds: number("used_cpu_sys") + number("used_cpu_user"),
			peakMemoryBytes: number("used_memory_peak"),
			clients: number("connected_clients"),
		};
	}

	async stop(): Promise<void> {
		this.#client.disconnect();
		if (this.#server.exitCode === null && this.#server.signalCode === null) {
			const exited = once(this.#server, "exit");
			this.#server.kill("SIGKILL");
			await exited;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}
