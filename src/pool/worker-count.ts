import type { Scenario } from "../scenario/scenario.js";

/** The participants that one worker takes before `auto` starts another. */
export function workerCountFor(
	{ pool }: Pick<Scenario, "pool">,
	participants: number,
	cores: number,
): number {
	const { workers, participantsPerWorker } = pool;
	if (workers !== "auto") return Math.min(workers, participants);
	// One worker a core at least, so that no core idles; more where the stated number asks for more.
	return Math.min(participants, Math.max(cores, Math.ceil(participants / participantsPerWorker)));
}
