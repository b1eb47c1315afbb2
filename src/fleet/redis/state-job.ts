import type { Job, Queue } from "bullmq";

/** A job that nobody processes: its data is what somebody says of himself, renewed in place each second. */
export class StateJob {
	readonly #queue: Queue<unknown>;
	readonly #jobId: string;
	#job: Job<unknown> | undefined;

	constructor(queue: Queue<unknown>, jobId: string) {
		this.#queue = queue;
		this.#jobId = jobId;
	}

	/** Writes the data; adds the job where there is none, or none any more. */
	async put(data: unknown): Promise<void> {
		if (this.#job !== undefined && (await isUpdated(this.#job, data))) return;
		// One of an earlier time keeps its data when it is added again.
		this.#job = await this.#queue.add("state", data, { jobId: this.#jobId });
		await isUpdated(this.#job, data);
	}

	async remove(): Promise<void> {
		this.#job = undefined;
		await this.#queue.remove(this.#jobId);
	}
}

/** @returns false where the job is gone */
async function isUpdated(job: Job<unknown>, data: unknown): Promise<boolean> {
	try {
		await job.updateData(data);
		return true;
	} catch (error) {
		if (error instanceof Error && error.message.startsWith("Missing key")) return false;
		throw error;
	}
}
