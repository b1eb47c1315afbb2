/** How one measurement of a count ended. `invalid`: the tester itself could not keep up. */
export type Outcome = "passed" | "failed" | "invalid";

/** One measurement. */
export interface Trial {
	readonly count: number;
	readonly outcome: Outcome;
}

/** Counts are multiples of `grid` from `least` to `most`, all three included. */
export interface SearchRules {
	readonly least: number;
	readonly most: number;
	readonly grid: number;
	readonly start: number;
	/** The search ends when what holds and what breaks are no further apart than this share of the latter. */
	readonly resolution: number;
	/** Odd. A count at the edge is measured until one side has the majority of so many. */
	readonly repeats: number;
}

export type Why = "ramp" | "bisect" | "repeat";

export type Move =
	| { readonly kind: "measure"; readonly count: number; readonly why: Why }
	| { readonly kind: "done"; readonly why: "found" | "least-breaks" | "most-holds" };

/** What is known so far. */
export interface Bracket {
	/** Largest count that holds below all that break; 0: none. */
	readonly holds: number;
	/** Smallest count that does not hold; undefined: none yet. */
	readonly breaks: number | undefined;
}

/** The next count is at most so many times the one that held. */
const growth = 2;

/**
 * The search for the largest count that holds, as a pure function of what was measured: doubling until it breaks,
 * then bisection, then the two counts of the edge again until a majority says so. A majority that overturns an
 * earlier measurement moves the edge, and the search goes on from there. It ends: no count is measured more
 * than `repeats` times.
 */
export function nextMove(trials: readonly Trial[], rules: SearchRules): Move {
	const { least, most, grid, resolution, repeats } = rules;
	const { holds, breaks } = bracket(trials);
	const measure = (count: number, why: Why): Move => ({ kind: "measure", count, why });
	const unsure = (count: number) => !isDecided(trials, count, repeats);

	if (breaks === undefined) {
		if (holds === 0) return measure(aligned(rules.start, rules), "ramp");
		return holds >= most
			? { kind: "done", why: "most-holds" }
			: measure(aligned(holds * growth, rules), "ramp");
	}
	if (holds === 0) {
		if (breaks > least) return measure(aligned(breaks / growth, rules), "ramp");
		return unsure(breaks) ? measure(breaks, "repeat") : { kind: "done", why: "least-breaks" };
	}
	if (breaks - holds > Math.max(grid, resolution * breaks))
		return measure(aligned((holds + breaks) / 2, rules), "bisect");
	// A false alarm would cost more than half of the answer, so it is looked at first.
	if (unsure(breaks)) return measure(breaks, "repeat");
	if (unsure(holds)) return measure(holds, "repeat");
	return { kind: "done", why: "found" };
}

/** Where the trials contradict each other the smaller answer counts: all below it held. */
export function bracket(trials: readonly Trial[]): Bracket {
	const counts = [...new Set(trials.map(({ count }) => count))].sort((a, b) => a - b);
	const breaks = counts.find((count) => !holdsAt(trials, count));
	const below = counts.filter((count) => breaks === undefined || count < breaks);
	return { holds: below.at(-1) ?? 0, breaks };
}

/** By majority; as many of each is no majority. */
function holdsAt(trials: readonly Trial[], count: number): boolean {
	const { passed, other } = votes(trials, count);
	return passed > other;
}

function isDecided(trials: readonly Trial[], count: number, repeats: number): boolean {
	const { passed, other } = votes(trials, count);
	return Math.max(passed, other) > repeats / 2;
}

function votes(trials: readonly Trial[], count: number) {
	const here = trials.filter((trial) => trial.count === count);
	const passed = here.filter(({ outcome }) => outcome === "passed").length;
	return { passed, other: here.length - passed };
}

/** The largest count there is, not above `count`. */
function aligned(count: number, { least, most, grid }: SearchRules): number {
	const steps = Math.floor((Math.min(count, most) - least) / grid);
	return least + Math.max(0, steps) * grid;
}
