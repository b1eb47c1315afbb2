import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pLimit from "p-limit";
import { parseRedisUrl } from "../../src/fleet/redis/address.js";
import { openAgentLink } from "../../src/fleet/redis/agent-link.js";
import { prefix, runQueue } from "../../src/fleet/redis/queues.js";
import { onTheWire, readSecond } from "./second.js";
import { SimulatedAgent } from "./simulated-agent.js";

export interface DriveOrder {
	readonly redis: string;
	readonly livesoakVersion: string;
	readonly agents: number;
	/** The number of the first: each has one of its own. */
	readonly first: number;
	readonly capacity: number;
	readonly joinsPerSecond: number;
}

/** What a driver says at its end. */
export interface Driven {
	/** Handed to Redis until the coordinator had taken it in, of some reports. */
	readonly delaysMs: readonly number[];
	/** How often a delay was looked for, in commands to Redis. */
	readonly looks: number;
	readonly reports: number;
	readonly troubles: readonly string[];
}

/** Of one agent in so many each report is followed. */
const followEvery = 20;
const lookEveryMs = 2;
const lostAfterMs = 10_000;

/** Counters that the coordinator makes itself from the lives that are reported beside the aggregates. */
const ofLives = /^(participants|failures|lost)\{/;

/**
 * Many simulated agents in one process. Says `ready` and `started`, a line each, and at the end what it saw as JSON.
 * @param say a line on standard output
 */
export async function drive(
	order: DriveOrder,
	say: (line: string) => void,
	signal: AbortSignal,
): Promise<void> {
	const { joining } = await readSecond();
	const counters = Object.entries(joining.counters).filter(([key]) => !ofLives.test(key));
	const { "tester.startDelay": _, ...distributions } = joining.distributions;
	const second = onTheWire({ counters: Object.fromEntries(counters), distributions });
	const redis = parseRedisUrl(order.redis, {});
	const looker = new Redis(order.redis, { lazyConnect: true });
	await looker.connect();
	const delaysMs: number[] = [];
	const troubles: string[] = [];
	let [looks, reports, started] = [0, 0, 0];
	const follow = async (key: string, sinceMs: number) => {
		for (; performance.now() - sinceMs < lostAfterMs && !signal.aborted; looks++) {
			// What the coordinator has taken in is gone from Redis.
			if ((await looker.exists(key)) === 0) return delaysMs.push(performance.now() - sinceMs);
			await sleep(lookEveryMs);
		}
		return undefined;
	};
	const limit = pLimit(10);
	const numbers = Array.from({ length: order.agents }, (_, n) => order.first + n);
	const links = await limit.map(numbers, async (number) => {
		const agent = `simulated-${number}`;
		const link = await openAgentLink({ redis, agent });
		return { number, agent, link };
	});
	const offering = links.map(({ number, agent, link }, n) => {
		const { livesoakVersion, capacity, joinsPerSecond } = order;
		return new SimulatedAgent({
			...{ link, agent, livesoakVersion, capacity, second, joinsPerSecond, signal },
			phaseMs: (1_000 * n) / links.length,
			onStarted: () => {
				if (++started === links.length) say("started");
			},
			onReported: ({ run, seq }, sinceMs) => {
				reports++;
				if (number % followEvery === 0)
					follow(`${prefix}:${runQueue(run)}:${agent}-${seq}`, sinceMs).catch(() => {});
			},
			onTrouble: (error) => troubles.push(error instanceof Error ? error.message : String(error)),
		}).offer();
	});
	say("ready");
	await Promise.all(offering);
	say(JSON.stringify({ delaysMs, looks, reports, troubles: [...new Set(troubles)].slice(0, 5) }));
	await Promise.all(links.map(({ link }) => link.close()));
	looker.disconnect();
}
