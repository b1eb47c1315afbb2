import { type JobsOptions, Queue } from "bullmq";
import type { RedisClient } from "./client.js";

/** One hash tag for all keys: they are in one slot of a Redis Cluster, and one ACL pattern names them all. */
export const prefix = "{livesoak}";

/** A key that is not BullMQ's. */
export function keyOf(name: string): string {
	return `${prefix}:${name}`;
}

/** Offers of agents, one job each, which nobody ever processes. */
export const offerQueue = "agents";
/** Pulses of runs, one job each, which nobody ever processes. */
export const pulseQueue = "pulses";
/** Orders to one agent. */
export const orderQueue = (agent: string) => `agent-${inKey(agent)}`;
/** Messages of all agents of one run. */
export const runQueue = (run: string) => `run-${inKey(run)}`;

/** A name as it may stand in a key and in a job's id: without colons. */
export function inKey(name: string): string {
	return encodeURIComponent(name);
}

/** What is done leaves nothing behind, and BullMQ's own log of events stays short: Redis's memory stays flat. */
export const jobOptions = { removeOnComplete: true, removeOnFail: true } satisfies JobsOptions;
const shortLog = { events: { maxLen: 10 } };

/** Opens queues by name over one connection, and closes all of them. */
export class Queues {
	readonly client: RedisClient;
	readonly #open = new Map<string, Queue<unknown>>();

	constructor(client: RedisClient) {
		this.client = client;
	}

	get(name: string): Queue<unknown> {
		const open = this.#open.get(name);
		if (open !== undefined) return open;
		const queue: Queue<unknown> = new Queue(name, {
			connection: this.client,
			prefix,
			streams: shortLog,
			defaultJobOptions: jobOptions,
			// It would print to the console by itself; we look at the version once, when we connect.
			skipVersionCheck: true,
		});
		// Whoever asks gets the error; that the connection is gone is known from the client itself.
		queue.on("error", () => {});
		this.#open.set(name, queue);
		return queue;
	}

	/** Forgets a queue here; Redis keeps what is in it. */
	async close(name: string): Promise<void> {
		const queue = this.#open.get(name);
		this.#open.delete(name);
		await queue?.close();
	}

	async closeAll(): Promise<void> {
		await Promise.allSettled([...this.#open.keys()].map((name) => this.close(name)));
	}
}
