import { UserError } from "../error/user-error.js";
import { formatDuration } from "../scenario/duration-text.js";
import type { Scenario } from "../scenario/scenario.js";
import { arrivalTimes, loadDurationMs, type OpenStep } from "./arrive.js";
import { LowestFree } from "./lowest-free.js";
import type { Life, Plan, PlanStep, Seat } from "./plan.js";
import { purpose, randomStream } from "./random.js";
import { seatsOf } from "./seats.js";
import { drawStayMs } from "./stay.js";

/** A curve of arrivals is sketched with so many steps; `aliveAt` is exact. */
const sketchedSteps = 60;

/**
 * The plan of arrivals (open model): who comes does not depend on who is there. Each arrival takes the
 * lowest free seat for one life. Seats depend on each other here, so every worker computes the whole
 * schedule: three numbers an arrival.
 * @throws UserError when at some time more participants are there than the scenario has seats
 */
export function openPlan(scenario: Scenario, load: readonly OpenStep[]): Plan {
	const seats = seatsOf(scenario);
	const durationMs = loadDurationMs(load);
	const starts = Float64Array.from(arrivalTimes(load, scenario.seed));
	const random = randomStream(scenario.seed, purpose.arrivalStay);
	const ends = starts.map((atMs) =>
		Math.min(atMs + drawStayMs(scenario.life.stay, random), durationMs),
	);
	const sortedEnds = ends.toSorted();
	const arrivalsOfSeat = assignSeats(starts, ends, seats.length);

	const aliveAt = (atMs: number) => countUpTo(starts, atMs) - countUpTo(sortedEnds, atMs);
	function* eachLife(seat: Seat): Generator<Life> {
		for (const [number, k] of (arrivalsOfSeat[seat.index] ?? []).entries())
			yield { seat, number, startMs: starts[k] ?? 0, endMs: ends[k] ?? 0 };
	}
	return {
		seats,
		durationMs,
		steps: sketch(durationMs, aliveAt),
		lifeCount: starts.length,
		aliveAt,
		eachLife,
		livesOf: (seat) => [...eachLife(seat)],
	};
}

/** For each seat the numbers of its arrivals, in order. */
function assignSeats(starts: Float64Array, ends: Float64Array, seatCount: number): number[][] {
	const byEnd = Uint32Array.from(ends.keys()).sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
	const seatOf = new Uint32Array(starts.length);
	const arrivalsOfSeat: number[][] = Array.from({ length: seatCount }, () => []);
	const free = new LowestFree();
	let firstFullMs: number | undefined;
	let ended = 0;
	for (const [k, startMs] of starts.entries()) {
		// Who ends in this very millisecond makes room.
		for (; (ends[byEnd[ended] ?? -1] ?? Infinity) <= startMs; ended++)
			free.giveBack(seatOf[byEnd[ended] ?? -1] ?? 0);
		const seat = free.take();
		seatOf[k] = seat;
		arrivalsOfSeat[seat]?.push(k);
		if (seat >= seatCount) firstFullMs ??= startMs;
	}
	if (firstFullMs !== undefined)
		throw new UserError({
			message: `load: at ${formatDuration(firstFullMs)} one more participant arrives than the ${seatCount} that the scenario has; ${free.most} would be needed at the busiest time`,
			hint: `Raise participants to ${free.most} in all rooms together, lower the rate, or shorten life.stay.`,
		});
	return arrivalsOfSeat;
}

function sketch(durationMs: number, aliveAt: (atMs: number) => number): PlanStep[] {
	const steps: PlanStep[] = [];
	for (let i = 0; i < sketchedSteps; i++) {
		const atMs = Math.floor((durationMs * i) / sketchedSteps);
		steps.push({ atMs, participants: aliveAt(atMs) });
	}
	return [...steps, { atMs: durationMs, participants: aliveAt(durationMs - 1) }];
}

/** How many of the ascending numbers are at most `limit`. */
function countUpTo(ascending: Float64Array, limit: number): number {
	let low = 0;
	let high = ascending.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((ascending[middle] ?? Infinity) <= limit) low = middle + 1;
		else high = middle;
	}
	return low;
}
