import type { Aggregates } from "../aggregate/aggregates.js";

/**
 * How the planned lives ended. The conservation laws:
 * - `planned + takenOver = joined + failed + notStarted`
 * - `joined = lost + left + unfinished`
 *
 * so every life that began ended as exactly one of failed, lost, left or unfinished (or was cut off
 * while joining, and then it counts as not started).
 */
export interface ParticipantCounts {
	/** Lives in the plan. */
	readonly planned: number;
	/** Lives begun a second time, by a fresh worker in place of a dead one. */
	readonly takenOver: number;
	readonly joined: number;
	readonly failed: number;
	/** Joined, then gone before the planned end. */
	readonly lost: number;
	/** Joined and left as planned. */
	readonly left: number;
	/** Joined and still there when the run ended. */
	readonly unfinished: number;
	/** Neither joined nor failed: the run ended first. */
	readonly notStarted: number;
}

/** The counts of a run, and in `fault` one sentence when they contradict each other. */
export function countParticipants(
	totals: Aggregates,
	planned: number,
	takenOver = 0,
): { readonly counts: ParticipantCounts; readonly fault?: string } {
	const event = (name: string) => totals.counter("participants", { event: name });
	const [begun, joined, failed, lost, left] = [
		event("begun"),
		event("joined"),
		event("failed"),
		event("lost"),
		event("left"),
	];
	const unfinished = joined - lost - left;
	const notStarted = planned + takenOver - joined - failed;
	const counts = {
		...{ planned, takenOver, joined, failed, lost, left },
		// A contradiction is told in `fault`; a negative count would only make the summary unreadable.
		unfinished: Math.max(unfinished, 0),
		notStarted: Math.max(notStarted, 0),
	};
	const fault =
		begun > planned + takenOver
			? `${begun} lives began, but only ${planned + takenOver} were due`
			: joined + failed > begun
				? `${joined} joined and ${failed} failed, but only ${begun} lives began`
				: unfinished < 0
					? `${lost} were lost and ${left} left, but only ${joined} had joined`
					: undefined;
	return fault === undefined ? { counts } : { counts, fault };
}
