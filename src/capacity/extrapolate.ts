import { type Cost, reach } from "./cost.js";
import type { Interval } from "./credible-interval.js";

export interface ExtrapolationFacts {
	/** Participants at the limit, and the interval of that number. */
	readonly participants: number;
	readonly interval: Interval;
	/** CPU of the server at the limit, and the cores it could use. */
	readonly cpuCores: number;
	readonly cores: number;
	readonly wantedCores: number;
	readonly cost: Pick<Cost, "model" | "fit">;
}

export interface Extrapolation {
	readonly extrapolated: true;
	readonly cores: number;
	readonly participants: number;
	readonly interval: Interval;
	readonly assumption: string;
}

/**
 * What the same server would hold on more (or fewer) cores, if it were CPU alone that matters and each core were
 * as good as those measured. A guess by a straight rule, and marked as one.
 */
export function extrapolate(facts: ExtrapolationFacts): Extrapolation | undefined {
	const { participants, interval, cpuCores, cores, wantedCores, cost } = facts;
	const { slope, slopeLow, slopeHigh } = cost.fit;
	const more = cpuCores * (wantedCores / cores) - cpuCores;
	const to = (from: number, by: number) => reach(cost.model, from, more, by);
	const value = to(participants, slope);
	if (value === null || !Number.isFinite(value)) return undefined;
	// Fewer cores: a steep rise then leaves more, not less.
	const [cautious, bold] = more > 0 ? [slopeHigh, slopeLow] : [slopeLow, slopeHigh];
	const low = to(interval.low, cautious);
	const high = interval.high === null ? null : to(interval.high, bold);
	return {
		...{ extrapolated: true, cores: wantedCores, participants: Math.max(0, Math.floor(value)) },
		interval: {
			low: Math.max(0, Math.floor(low ?? 0)),
			high: high === null ? null : Math.ceil(high),
		},
		assumption: `Extrapolated, not measured: ${wantedCores} cores as fast as these ${cores}, used to the same share, the rest of the machine and its network growing with them.`,
	};
}
