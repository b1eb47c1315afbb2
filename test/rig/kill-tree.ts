import { descendantsOf } from "./cli.js";

/** The run itself and all it has started, also what is in sessions of its own. */
export interface KilledTree {
	readonly pids: readonly number[];
	/** Epoch milliseconds, right before the first kill. */
	readonly atMs: number;
}

/** SIGKILL to every process of a tree at once, as the kernel does when memory runs out, or a power cut. */
export function killTree(pid: number): KilledTree {
	const pids = [pid, ...descendantsOf(pid)];
	const atMs = Date.now();
	for (const each of pids) {
		try {
			process.kill(each, "SIGKILL");
		} catch {
			// It ended with its parent.
		}
	}
	return { pids, atMs };
}
