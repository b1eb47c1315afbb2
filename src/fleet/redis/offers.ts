import type { Job } from "bullmq";
import { type Offer, offerSchema } from "../offer.js";
import { offerQueue, orderQueue, type Queues } from "./queues.js";

/** An agent that did not renew its offer for this long is not there. */
const freshMs = 5_000;
/** Nor will it come back: what it left is deleted. */
const deadMs = 60_000;

/** Offers that were renewed lately. Deletes those of agents that are gone, and what nobody can read. */
export async function listOffers(queues: Queues, nowMs: number): Promise<Offer[]> {
	const fresh: Offer[] = [];
	for (const job of await queues.get(offerQueue).getWaiting()) {
		// Withdrawn between the list and the look.
		if (job === undefined || job.id === undefined) continue;
		const { success, data } = offerSchema.safeParse(job.data);
		if (!success) {
			// Perhaps of a version with other fields, which is renewed each second: judged by its age alone.
			if (nowMs - job.timestamp > deadMs) await job.remove().catch(() => {});
		} else if (data.agent !== job.id || nowMs - data.atMs > deadMs) await clear(queues, job);
		else if (nowMs - data.atMs <= freshMs) fresh.push(data);
	}
	return fresh;
}

async function clear(queues: Queues, job: Job<unknown>): Promise<void> {
	// Another coordinator may be at the same work.
	await job.remove().catch(() => {});
	if (job.id === undefined) return;
	const name = orderQueue(job.id);
	await queues
		.get(name)
		.obliterate({ force: true })
		.catch(() => {});
	await queues.close(name);
}
