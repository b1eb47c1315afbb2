import type { EngineName } from "../engine/engine-name.js";
import type { Seat } from "../plan/plan.js";
import type { Scenario } from "../scenario/scenario.js";

/** What one worker process takes of each kind before `auto` starts another. */
const perWorker: Readonly<Record<EngineName, number>> = { native: 25, lite: 400 };

/**
 * How many worker processes live the plan: one a core at least, so that none idles, and as many more as the
 * stated number of participants in one asks for. Never more than there are participants.
 */
export function workerCountFor(
	{ pool }: Pick<Scenario, "pool">,
	seats: readonly Pick<Seat, "engine">[],
	cores: number,
): number {
	const { workers, participantsPerWorker: most } = pool;
	if (workers !== "auto") return Math.min(workers, seats.length);
	const share = ({ engine }: Pick<Seat, "engine">) =>
		1 / (most === "auto" ? perWorker[engine] : most);
	const asked = seats.reduce((sum, seat) => sum + share(seat), 0);
	// Thousands of shares leave a rounding error that must not cost a process.
	return Math.min(seats.length, Math.max(cores, Math.ceil(asked - 1e-6)));
}
