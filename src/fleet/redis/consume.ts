import type { RedisAddress } from "./address.js";
import type { Queues } from "./queues.js";
import { isOutOfMemory } from "./trouble.js";
import { openWorker } from "./worker.js";

/** What Redis refuses is tried again so often. */
const retryMs = 500;
/** So many jobs are read at once where Redis has no memory for handing them out. */
const batch = 20;

export interface Consumer {
	/** Takes no more; bounded in time. */
	close(): Promise<void>;
}

/**
 * Hands each job of a queue to `take`, and deletes it once that has returned. A job may come more than once (after
 * a broken connection, or when a consumer stood still): `take` must know those that it has had.
 */
export function consume(
	address: RedisAddress,
	queues: Queues,
	queueName: string,
	take: (jobId: string, data: unknown) => void,
): Consumer {
	let isClosed = false;
	let retry: NodeJS.Timeout | undefined;
	const { client, worker, close } = openWorker(address, queueName, async ({ id, data }) => {
		if (id !== undefined) take(id, data);
	});
	worker.on("error", (error) => {
		// BullMQ asks again at once, for ever.
		if (isClosed || retry !== undefined || !isRefusal(error)) return;
		void worker.pause(true).catch(() => {});
		const again = async () => {
			if (isOutOfMemory(error)) await empty(queues, queueName, take).catch(() => {});
			retry = undefined;
			if (!isClosed) await worker.resume();
		};
		retry = setTimeout(() => void again().catch(() => {}), retryMs);
	});
	// At the start, and after an outage: of the two connections the one that is there last gets it done.
	const look = () => void takeInHand(queues, queueName, take).catch(() => {});
	const connections = [client, queues.client];
	for (const each of connections) each.on("ready", look);
	return {
		async close() {
			if (isClosed) return;
			isClosed = true;
			for (const each of connections) each.off("ready", look);
			clearTimeout(retry);
			await close();
		},
	};
}

/** Redis answered, and it was no. */
function isRefusal(error: Error): boolean {
	return (
		error.name === "ReplyError" || /^(OOM|NOPERM|READONLY|MISCONF|NOAUTH)\b/.test(error.message)
	);
}

/**
 * Takes what waits without BullMQ's hands, which would need memory for moving a job: reading and deleting do not.
 * What is full because nobody took it becomes empty this way.
 */
async function empty(
	queues: Queues,
	queueName: string,
	take: (jobId: string, data: unknown) => void,
): Promise<void> {
	const queue = queues.get(queueName);
	for (;;) {
		const jobs = await queue.getWaiting(0, batch - 1);
		for (const job of jobs) {
			if (job?.id === undefined) continue;
			take(job.id, job.data);
			await job.remove();
		}
		if (jobs.length < batch) return;
	}
}

/**
 * Takes what is handed out and not yet done: a consumer that died had it in hand, or the answer with it was lost with
 * a connection. BullMQ hands it out again, but only after some seconds, and so it comes twice.
 */
async function takeInHand(
	queues: Queues,
	queueName: string,
	take: (jobId: string, data: unknown) => void,
): Promise<void> {
	for (const job of await queues.get(queueName).getActive())
		if (job?.id !== undefined) take(job.id, job.data);
}
