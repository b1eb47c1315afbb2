import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { type CliRoom, type CliRun, descendantsOf, toServer, withCli } from "./cli.js";
import { type CuttableProxy, startCuttableProxy } from "./cuttable-proxy.js";
import { isRunning } from "./gone.js";
import { liveKitBinary } from "./real-parts.js";
import { type RedisServer, startRedis } from "./redis-server.js";
import { readServerLog, type ServerLogLine } from "./server-log.js";

/** A real `livesoak agent`, whose way to Redis is its own and can be cut. */
export interface FleetAgent {
	readonly name: string;
	readonly run: CliRun;
	readonly proxy: CuttableProxy;
	/** Its worker processes of this moment. */
	workers(): number[];
}

export interface AgentRequest {
	readonly name: string;
	/** Light participants; native ones it takes none. @default 100 */
	readonly lite?: number;
}

/** Redis, a livekit-server whose log is read, agents and coordinators: all real processes of this machine. */
export interface Fleet {
	readonly cli: CliRoom;
	readonly server: RunningServer;
	readonly redis: RedisServer;
	/** What the server said of participants. */
	readonly log: readonly ServerLogLine[];
	/** Agents that wait for a run when this resolves. */
	startAgents(...requests: readonly AgentRequest[]): Promise<FleetAgent[]>;
	/** Ends them as a person does, Ctrl-C, and fails where one of their processes stays. */
	stopAgents(): Promise<void>;
	/** How a coordinator is told of server and Redis. */
	readonly args: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	/** Packets of RTP that reached the server since it runs, by its own count. */
	packetsIn(): Promise<number>;
	/** What everybody has printed, with the notable events of a run: to be shown where a test fails. */
	story(run: CliRun): string;
	/** Keys of runs that Redis still holds: messages, pulses and locks. Who took a run over is kept for a day. */
	leftOfRuns(): Promise<string[]>;
}

const boundMs = 240_000;

/** What the tests of a file share; put them into `requirePart("redis")`. */
export function withFleet(): () => Fleet {
	const cli = withCli(boundMs);
	let fleet: (Fleet & { stop(): Promise<void> }) | undefined;
	beforeAll(async () => {
		fleet = await startFleet(cli());
	}, 60_000);
	afterAll(() => fleet?.stop());
	return () => {
		if (!fleet) throw new Error("the fleet is there only while tests run");
		return fleet;
	};
}

async function startFleet(cli: CliRoom): Promise<Fleet & { stop(): Promise<void> }> {
	const log: ServerLogLine[] = [];
	const onLog = (text: string) => {
		const line = readServerLog(text);
		if (line) log.push(line);
	};
	const redis = await startRedis({ appendOnly: true });
	const server = await startLiveKit({ binary: await liveKitBinary(), onLog }).catch(
		async (error: unknown) => {
			await redis.stop();
			throw error;
		},
	);
	const { args, env } = toServer(server);
	let agents: FleetAgent[] = [];
	const started: FleetAgent[] = [];
	const stopAgents = async () => {
		const pids = agents.flatMap(({ run }) => [run.pid, ...descendantsOf(run.pid)]);
		for (const { run, proxy } of agents) {
			proxy.mend();
			run.kill("SIGCONT");
			run.kill("SIGINT");
		}
		await Promise.all(agents.map(({ run }) => run.ended));
		await Promise.all(agents.map(({ proxy }) => proxy.close()));
		agents = [];
		await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), {
			...{ timeout: 10_000, interval: 100 },
		});
	};
	return {
		...{ cli, server, redis, log, env, stopAgents },
		args: [...args, "--redis", redis.url],
		async startAgents(...requests) {
			const fresh = await Promise.all(
				requests.map((request) => startAgent(redis, { cli, ...request })),
			);
			agents.push(...fresh);
			started.push(...fresh);
			await Promise.all(fresh.map(isReady));
			return fresh;
		},
		async packetsIn() {
			const text = await (await fetch(server.metricsUrl)).text();
			const counts = [...text.matchAll(/^livekit_packet_total\{.*"incoming".*\} (\S+)$/gm)];
			return counts.reduce((sum, [, count]) => sum + Number(count), 0);
		},
		async leftOfRuns() {
			const keys = (await redis.cli("--scan", "--pattern", "*")).split("\n");
			// Queues of agents, living or not, and what BullMQ notes of a queue that is empty.
			const known = /^\{livesoak\}:(agents|agent-[a-z0-9-]+|pulses|heir):|^$/;
			const pulses = await redis.cli("--scan", "--pattern", "{livesoak}:pulses:*Z*");
			return [...keys.filter((key) => !known.test(key)), ...pulses.split("\n")].filter(
				(key) => key !== "",
			);
		},
		story(run) {
			const told = started.map(
				({ name, run: { stdout, stderr } }) => `${name}: ${stdout()}${stderr()}`,
			);
			return [`run: ${run.stderr()}`, ...told, ...agentEvents(run.out)].join("\n");
		},
		async stop() {
			await stopAgents();
			await server.stop();
			await redis.stop();
		},
	};
}

async function startAgent(
	redis: RedisServer,
	{ name, lite = 100, cli }: AgentRequest & { cli: CliRoom },
): Promise<FleetAgent> {
	const proxy = await startCuttableProxy(redis.port);
	const run = cli.start([
		...["agent", "--redis", `redis://127.0.0.1:${proxy.port}`, "--name", name],
		...["--capacity", `lite=${lite},native=0`],
	]);
	return { name, run, proxy, workers: () => descendantsOf(run.pid) };
}

async function isReady({ run }: FleetAgent): Promise<void> {
	await vi.waitFor(() => expect(run.stdout() + run.stderr()).toContain("is ready at"), {
		...{ timeout: 60_000, interval: 100 },
	});
}

/** Resolves once the agent has said this. @returns when that was noticed, epoch milliseconds */
export async function said({ name, run }: FleetAgent, words: RegExp): Promise<number> {
	await vi.waitFor(() => expect(run.stdout(), name).toMatch(words), {
		...{ timeout: 30_000, interval: 20 },
	});
	return Date.now();
}

function agentEvents(out: string): string[] {
	try {
		const [folder = ""] = readdirSync(out);
		const lines = readFileSync(join(out, folder, "events.jsonl"), "utf8").split("\n");
		return lines.filter((line) => !/"kind":"life-(joined|left)"/.test(line));
	} catch {
		return [];
	}
}
