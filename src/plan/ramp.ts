/** A straight piece of the load shape: from one number of participants to another. A hold is flat. */
export interface Slope {
	readonly startMs: number;
	readonly endMs: number;
	readonly from: number;
	readonly to: number;
}

/**
 * When the seat at this position in the order of joining joins (uphill) or leaves (downhill), in whole
 * milliseconds. The first joins at the start of a ramp, the last leaves at the end of one: the number
 * alive is the line rounded up. Last in, first out.
 * @param position uphill from <= position < to, downhill to <= position < from
 */
export function crossingMs(slope: Slope, position: number): number {
	const { startMs, endMs, from, to } = slope;
	const share = to > from ? (position - from) / (to - from) : (from - position) / (from - to);
	return Math.round(startMs + (endMs - startMs) * share);
}

/** The number alive at an instant of the slope; agrees with {@link crossingMs} to the millisecond. */
export function levelDuring(slope: Slope, atMs: number): number {
	const { from, to } = slope;
	if (from === to) return to;
	// Below `border` all crossings are on the alive side: uphill already joined, downhill not yet left.
	let low = Math.min(from, to);
	let high = Math.max(from, to);
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		const crossed = crossingMs(slope, middle) <= atMs;
		if (to > from ? crossed : !crossed) low = middle + 1;
		else high = middle;
	}
	return low;
}
