/** A corner of the load shape: linear from one to the next. */
export interface LoadCorner {
	readonly atMs: number;
	readonly participants: number;
}

/** A stretch of the run, in milliseconds from its start. */
export interface Stretch {
	readonly fromMs: number;
	readonly untilMs: number;
}

/** A shorter hold says nothing about hours. */
export const shortestHoldMs = 5 * 60_000;
/** The number of participants may waver by this share: arrivals are random. */
const tolerance = 0.1;
/** Caches fill and code is compiled in the first tenth, which is not a leak; five minutes are enough of that. */
const warmUpShare = 0.1;
const longestWarmUpMs = 5 * 60_000;

/**
 * The longest stretch in which as good as the same number of participants should be there, without its warm-up.
 * Ramps are left out: what grows with the load is no drift.
 * @returns undefined where no hold lasts five minutes
 */
export function steadyStretch(corners: readonly LoadCorner[]): Stretch | undefined {
	let best: Stretch | undefined;
	for (const [index, first] of corners.entries()) {
		let low = first.participants;
		let high = first.participants;
		for (const corner of corners.slice(index + 1)) {
			low = Math.min(low, corner.participants);
			high = Math.max(high, corner.participants);
			if (low <= 0 || high - low > tolerance * high) break;
			const lengthMs = corner.atMs - first.atMs;
			if (lengthMs > (best ? best.untilMs - best.fromMs : 0))
				best = { fromMs: first.atMs, untilMs: corner.atMs };
		}
	}
	if (!best || best.untilMs - best.fromMs < shortestHoldMs) return undefined;
	const warmUpMs = Math.min(longestWarmUpMs, warmUpShare * (best.untilMs - best.fromMs));
	return { fromMs: best.fromMs + warmUpMs, untilMs: best.untilMs };
}
