import type { Life, Plan, Seat } from "./plan.js";

/**
 * Numbers of resumed lives start here, far above any planned one: a year of 1 s stays has 3.2e7.
 */
export const firstResumedNumber = 1_000_000_000;

/** Of a life that is begun again at `fromMs`: unique on its seat as long as two such are a millisecond apart. */
export function resumedNumber(fromMs: number): number {
	return firstResumedNumber + Math.floor(fromMs);
}

/**
 * The lives that a replacement worker has to live on a seat from `fromMs` on. A life in progress is
 * resumed from `fromMs` under the number `firstResumedNumber + fromMs` (whole milliseconds, rounded
 * down): a new participant to server and tester, unique on its seat as long as two replacements are
 * at least a millisecond apart. Later lives keep their times and numbers.
 */
export function cutLives(plan: Pick<Plan, "eachLife">, seat: Seat, fromMs: number): Life[] {
	const rest: Life[] = [];
	for (const life of plan.eachLife(seat)) {
		if (life.endMs <= fromMs) continue;
		const isInProgress = life.startMs < fromMs;
		const number = resumedNumber(fromMs);
		rest.push(isInProgress ? { ...life, number, startMs: fromMs } : life);
	}
	return rest;
}
