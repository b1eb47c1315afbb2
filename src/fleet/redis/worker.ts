import { type Processor, Worker, type WorkerOptions } from "bullmq";
import type { RedisAddress } from "./address.js";
import { type RedisClient, redisClient } from "./client.js";
import { prefix } from "./queues.js";

/** A consumer that died leaves the job that it had in hand for this long. */
const lockMs = 5_000;
/** A wait for a job ends after this long and begins anew: so a dead connection is noticed. Whole seconds. */
const waitSeconds = 2;
const retryMs = 500;

const workerOptions = {
	prefix,
	// One at a time, and the next comes with the answer to the one before: they stay in order.
	concurrency: 1,
	lockDuration: lockMs,
	stalledInterval: lockMs,
	// However often a job is handed out, it is never given up.
	maxStalledCount: 1_000_000,
	drainDelay: waitSeconds,
	runRetryDelay: retryMs,
	removeOnComplete: { count: 0 },
	removeOnFail: { count: 0 },
	skipVersionCheck: true,
} satisfies Omit<WorkerOptions, "connection">;

/**
 * A BullMQ worker with connections of its own, which outlives outages of Redis.
 * @param processor undefined: its jobs are fetched by hand
 * @returns `close` ends its connections without waiting for an answer; the job in hand is handed out again
 */
export function openWorker(
	address: RedisAddress,
	queueName: string,
	processor: Processor<unknown> | undefined,
) {
	const client = redisClient(address, "receiver");
	keepQuiet(client);
	const worker = new Worker<unknown>(queueName, processor, {
		...workerOptions,
		connection: client,
	});
	return {
		client,
		worker,
		async close(): Promise<void> {
			await worker.close(true).catch(() => {});
			client.disconnect();
		},
	};
}

/** A client without listeners prints errors to the console; so does BullMQ's copy, once it has taken off its own. */
function keepQuiet(client: RedisClient): void {
	client.on("error", () => {});
	const duplicate = client.duplicate.bind(client) as (...options: never[]) => RedisClient;
	Object.assign(client, {
		duplicate(...options: never[]) {
			const copy = duplicate(...options);
			keepQuiet(copy);
			return copy;
		},
	});
}
