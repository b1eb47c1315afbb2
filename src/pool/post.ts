import type { LifeAccount } from "./life-account.js";
import type { WorkerLoad } from "./messages.js";
import type { WorkerHandle } from "./worker-handle.js";

/** One part of the plan, lived by one worker at a time. */
export interface Post {
	readonly worker: number;
	readonly seats: readonly number[];
	account: LifeAccount;
	handle: WorkerHandle;
	load: WorkerLoad | undefined;
	lastHeardMs: number;
	replacements: number;
	finished: boolean;
	cpuSecondsOfTheDead: number;
	/** It is about to die because the scenario says so: not the tester's fault. */
	isKilledByPlan: boolean;
}
