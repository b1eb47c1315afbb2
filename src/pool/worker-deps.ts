import type { Clock } from "../clock/clock.js";
import type { GivenTokens } from "../token/given-tokens.js";
import type { FromWorker } from "./messages.js";

/** What a worker needs of its process. */
export interface WorkerDeps {
	readonly clock: Clock;
	readonly process: Pick<NodeJS.Process, "cpuUsage" | "memoryUsage">;
	readonly send: (message: FromWorker) => void;
	/** The parent does not read what it is sent: it stands still. What is measured is kept together until it does. */
	readonly isCongested?: () => boolean;
	/** Where the order's tokens are handed out one by one. */
	readonly given?: GivenTokens;
}
