import { pulseSchema } from "../pulse.js";
import { pulseQueue, type Queues, runQueue } from "./queues.js";

/** Nobody goes on with a run whose coordinator died so long ago. */
const oldMs = 24 * 3_600_000;

/** Deletes what runs left whose coordinator was killed and never went on. */
export async function sweepOldRuns(queues: Queues, nowMs: number): Promise<void> {
	for (const job of await queues.get(pulseQueue).getWaiting()) {
		const { success, data } = pulseSchema.safeParse(job?.data);
		if (!success || nowMs - data.atMs < oldMs) continue;
		const name = runQueue(data.run);
		await queues.get(name).obliterate({ force: true });
		await queues.close(name);
		await job.remove();
	}
}
