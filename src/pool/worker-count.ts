import type { EngineName } from "../engine/engine-name.js";
import type { Seat } from "../plan/plan.js";
import type { Scenario } from "../scenario/scenario.js";

/** What one worker process takes of each kind before `auto` starts another. */
const perWorker: Readonly<Record<EngineName, number>> = { native: 25, lite: 400 };

/** How many are worth a core of their own: a process costs about 100 MB and some CPU before it has done anything. */
const worthACore: Readonly<Record<EngineName, number>> = { native: 2, lite: 100 };

/**
 * How many worker processes live the plan: up to one a core, as far as there is work for them, and as many more as
 * the stated number of participants in one asks for. Never more than there are participants.
 */
export function workerCountFor(
	{ pool }: Pick<Scenario, "pool">,
	seats: readonly Pick<Seat, "engine">[],
	cores: number,
): number {
	const { workers, participantsPerWorker: most } = pool;
	if (workers !== "auto") return Math.min(workers, seats.length);
	const each = (per: Readonly<Record<EngineName, number>>) => {
		const shares = seats.reduce((sum, { engine }) => sum + 1 / per[engine], 0);
		// Thousands of shares leave a rounding error that must not cost a process.
		return Math.ceil(shares - 1e-6);
	};
	const asked = each(most === "auto" ? perWorker : { native: most, lite: most });
	return Math.min(seats.length, Math.max(asked, Math.min(cores, each(worthACore))));
}
