import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Summary } from "../../src/verdict/summary.js";
import type { BenchContext } from "../context.js";
import type { Lab } from "../lab.js";
import { processTree, rssBytesOf, treeCpuSeconds } from "../process-tree.js";
import type { Driven, DriveOrder } from "./drive.js";
import { LineProcess } from "./line-process.js";
import { RedisProcess } from "./redis-process.js";
import { readSecond } from "./second.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const bench = fileURLToPath(new URL("../run.js", import.meta.url));
/** As the recorded second has it. */
export const participantsAnAgent = 500;
/** So slow that the tester's own work for joins is that of a large run, not that of a herd. */
const rampMs = 600_000;
/** Above this many agents a second process drives half of them. */
const agentsADriver = 100;
const receivedCounter = "packets{direction=received}";
const settleMs = 4_000;
const readyWithinMs = 90_000;

/** What so many agents cost, by the marks of the steady part. */
export interface FleetStep {
	readonly agents: number;
	readonly ms: number;
	readonly coordinatorCpuSeconds: number;
	readonly coordinatorRssBytes: number;
	readonly redisCpuSeconds: number;
	readonly redisCommands: number;
	readonly redisScripts: number;
	readonly redisPeakBytes: number;
	readonly redisBytesIn: number;
	readonly redisBytesOut: number;
	readonly redisClients: number;
	/** Of the whole run: Redis took them, and the coordinator's result has so many in it. */
	readonly reports: number;
	readonly counted: number;
	readonly delaysMs: readonly number[];
	readonly troubles: readonly string[];
}

/** One coordinator, the built command, with so many simulated agents. */
export async function fleetStep(
	{ version, signal }: BenchContext,
	lab: Lab,
	agents: number,
	steadyMs: number,
): Promise<FleetStep> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-bench-fleet-"));
	const redis = await RedisProcess.start();
	const running: LineProcess[] = [];
	try {
		const drivers = ordersOf(redis.url, version, agents).map(
			(order) => new LineProcess("a driver", [bench, "drive", JSON.stringify(order)], lab.env),
		);
		running.push(...drivers);
		await Promise.all(drivers.map((each) => each.line((line) => line === "ready", readyWithinMs)));
		const scenario = join(folder, "scenario.yaml");
		await writeFile(scenario, scenarioText(agents));
		const fleet = ["--redis", redis.url, "--agents", `${agents}`, "--wait", "60s"];
		const quiet = ["--out", join(folder, "results"), "--quiet", "--no-html"];
		const coordinator = new LineProcess(
			"the coordinator",
			[main, "run", scenario, ...fleet, ...quiet],
			lab.env,
		);
		running.push(coordinator);
		const started = drivers.map((each) => each.line((line) => line === "started", readyWithinMs));
		const ended = coordinator.line(() => false, readyWithinMs + steadyMs * 2);
		ended.catch(() => {});
		await Promise.race([Promise.all(started), ended]);
		await sleep(settleMs, undefined, { signal });
		const first = await mark(redis, coordinator.pid);
		await Promise.race([sleep(steadyMs, undefined, { signal }), ended]);
		const last = await mark(redis, coordinator.pid);
		const coordinatorRssBytes = rssBytesOf(processTree([coordinator.pid]).keys());
		await coordinator.end();
		const told = await Promise.all(drivers.map(drivenOf));
		const looks = told.reduce((sum, each) => sum + each.looks, 0);
		const wholeMs = last.atMs - first.atMs;
		return {
			...{ agents, ms: wholeMs, coordinatorRssBytes },
			coordinatorCpuSeconds: last.cpuSeconds - first.cpuSeconds,
			redisCpuSeconds: last.counts.cpuSeconds - first.counts.cpuSeconds,
			// Those of the bench itself are its own, not the fleet's.
			redisCommands: Math.max(0, last.counts.commands - first.counts.commands - looks),
			redisScripts: last.counts.scripts - first.counts.scripts,
			redisPeakBytes: last.counts.peakMemoryBytes,
			redisBytesIn: last.counts.bytesIn - first.counts.bytesIn,
			redisBytesOut: last.counts.bytesOut - first.counts.bytesOut,
			redisClients: last.counts.clients,
			reports: told.reduce((sum, each) => sum + each.reports, 0),
			counted: await countedIn(join(folder, "results")),
			delaysMs: told.flatMap((each) => each.delaysMs),
			troubles: told.flatMap((each) => each.troubles),
		};
	} finally {
		await Promise.all(running.map((each) => each.end()));
		await redis.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

function ordersOf(redis: string, livesoakVersion: string, agents: number): DriveOrder[] {
	const drivers = Math.ceil(agents / agentsADriver);
	return Array.from({ length: drivers }, (_, n) => {
		const first = Math.round((n * agents) / drivers);
		return {
			...{
				redis,
				livesoakVersion,
				first,
				agents: Math.round(((n + 1) * agents) / drivers) - first,
			},
			...{ capacity: participantsAnAgent, joinsPerSecond: (participantsAnAgent * 1000) / rampMs },
		};
	});
}

function scenarioText(agents: number): string {
	return `name: fleet-bench
rooms: ${(agents * participantsAnAgent) / 10}
participants: { publishers: 2, subscribers: 8, engine: lite }
load:
  - { ramp: ${rampMs / 1000}s, to: 100% }
`;
}

async function mark(redis: RedisProcess, pid: number) {
	return {
		...{ atMs: performance.now(), counts: await redis.counts() },
		cpuSeconds: treeCpuSeconds(processTree([pid])),
	};
}

/** Each report has the same packets in it. */
async function countedIn(results: string): Promise<number> {
	const [run = ""] = await readdir(results);
	const summary: Summary = JSON.parse(await readFile(join(results, run, "summary.json"), "utf8"));
	const { joining } = await readSecond();
	return summary.packets.received / (joining.counters[receivedCounter] ?? Number.NaN);
}

async function drivenOf(driver: LineProcess): Promise<Driven> {
	await driver.end();
	return JSON.parse(await driver.line((line) => line.startsWith("{"), 0));
}
