import type { Ticker } from "../clock/ticker.js";
import { interruptionMs } from "../fault/fault-watch.js";
import { mediaSign } from "../fault/media-sign.js";
import { SeatWatches } from "../fault/seat-watches.js";
import type { Plan } from "../plan/plan.js";
import type { WorkerOrder } from "./messages.js";
import type { WorkerDeps } from "./worker-deps.js";

/**
 * What the faults of the scenario do to the seats of a worker.
 * @param startAtMs of the plan's time 0, epoch milliseconds; asked only once the plan is lived
 */
export function workerWatches(
	{ scenario }: Pick<WorkerOrder, "scenario">,
	plan: Plan,
	{ clock, send }: Pick<WorkerDeps, "clock" | "send">,
	ticker: Ticker,
	startAtMs: () => number,
): SeatWatches {
	return new SeatWatches({
		...{ clock, ticker, interruptionMs: interruptionMs(scenario.audio.dtx) },
		signOf: (index) => {
			const seat = plan.seats[index];
			return seat ? mediaSign(seat, scenario) : "connected";
		},
		isDue: (index, atMs) => {
			const seat = plan.seats[index];
			const planMs = atMs - startAtMs();
			if (!seat) return false;
			for (const { startMs, endMs } of plan.eachLife(seat))
				if (endMs > planMs) return startMs <= planMs;
			return false;
		},
		report: (fault, seat, outcome) => send({ kind: "recovery", fault, seat, outcome }),
	});
}
