import type { Aggregates } from "../aggregate/aggregates.js";

/** A reason why the figures of a run say nothing about the server. */
export interface Invalidity {
	readonly rule: ValidityRule;
	readonly observed: number;
	readonly limit: number;
	readonly unit: string;
	/** One sentence for people. */
	readonly text: string;
}

export type ValidityRule =
	| "lag"
	| "start-delay"
	| "late-frames"
	| "cpu"
	| "lost-to-tester"
	| "accounting";

/** What the tester knows of itself; undefined is not judged. */
export interface TesterState {
	/** 99th percentile of the event-loop delay of its processes. */
	readonly lagP99Ms?: number | undefined;
	/** 99th percentile of how late joins were begun. */
	readonly startDelayP99Ms?: number | undefined;
	/** Published frames that left late, of all. */
	readonly lateFrameRatio?: number | undefined;
	/** CPU time of the tester's processes, of all the machine's cores, over the run: 0 to 1. */
	readonly cpuRatio?: number | undefined;
	/** Participants that a dying worker or a lost agent took along, of those that began. */
	readonly lostToTesterRatio?: number | undefined;
	/** A contradiction in the counts, see `countParticipants`. */
	readonly accountingFault?: string | undefined;
}

/** The largest values that are still good. */
export interface ValidityLimits {
	readonly lagP99Ms: number;
	readonly startDelayP99Ms: number;
	readonly lateFrameRatio: number;
	readonly cpuRatio: number;
	readonly lostToTesterRatio: number;
}

/**
 * A scenario may set its own (`validity`). Lag is kept well below, and start delay within, the seconds
 * that connects are judged in; one late frame in a hundred is heard; above 95 % CPU, scheduling is luck; one participant in a hundred is the noise that
 * the usual `failed` thresholds bear.
 */
export const defaultValidityLimits: ValidityLimits = {
	lagP99Ms: 100,
	startDelayP99Ms: 1000,
	lateFrameRatio: 0.01,
	cpuRatio: 0.95,
	lostToTesterRatio: 0.01,
};

/** Why the tester loses participants by its own fault. */
const testerCauses = ["worker-died", "agent-lost"] as const;

/** Reads from the aggregates what they know of the tester. */
export function testerState(
	aggregates: Aggregates,
	more: Pick<TesterState, "cpuRatio" | "accountingFault"> = {},
): TesterState {
	const begun = aggregates.counter("participants", { event: "begun" });
	const died = testerCauses.reduce(
		(sum, cause) =>
			sum + aggregates.counter("lost", { cause }) + aggregates.counter("failures", { cause }),
		0,
	);
	return {
		lagP99Ms: aggregates.distribution("tester.lag")?.percentile(99),
		startDelayP99Ms: aggregates.distribution("tester.startDelay")?.percentile(99),
		lateFrameRatio: aggregates.distribution("audio.late")?.mean,
		lostToTesterRatio: begun > 0 ? died / begun : undefined,
		...more,
	};
}

/**
 * Every rule the tester broke: it could not keep its schedule, so its run is `invalid`, not `failed`.
 * @param own limits of the scenario; the defaults stand for the others
 */
export function judgeValidity(state: TesterState, own: Partial<ValidityLimits> = {}): Invalidity[] {
	const limits = { ...defaultValidityLimits, ...own };
	const found: Invalidity[] = [];
	const judge = (
		rule: ValidityRule,
		unit: "ms" | "ratio",
		observed: number | undefined,
		limit: number,
		sentence: (observed: string, limit: string) => string,
	) => {
		if (observed === undefined || observed <= limit) return;
		const text = sentence(shown(observed, unit), shown(limit, unit));
		found.push({ rule, observed, limit, unit, text });
	};
	judge("lag", "ms", state.lagP99Ms, limits.lagP99Ms, (is, limit) => {
		return `the tester's own event loop was ${is} late (p99; limit ${limit}): fewer participants a worker, or a larger machine`;
	});
	judge("start-delay", "ms", state.startDelayP99Ms, limits.startDelayP99Ms, (is, limit) => {
		return `joins began ${is} after their time (p99; limit ${limit}): a slower ramp, more joins at a time (pool.joinsInFlight), or more machines`;
	});
	judge("late-frames", "ratio", state.lateFrameRatio, limits.lateFrameRatio, (is, limit) => {
		return `${is} of the published frames left late (limit ${limit}): fewer publishers, or a larger machine`;
	});
	judge("cpu", "ratio", state.cpuRatio, limits.cpuRatio, (is, limit) => {
		return `the tester used ${is} of all cores (limit ${limit}): fewer participants, or a larger machine`;
	});
	judge(
		"lost-to-tester",
		"ratio",
		state.lostToTesterRatio,
		limits.lostToTesterRatio,
		(is, limit) => {
			return `${is} of the participants were lost because a worker or an agent died (limit ${limit}), not because of the server`;
		},
	);
	if (state.accountingFault !== undefined) {
		const text = `the counts contradict each other: ${state.accountingFault}`;
		found.push({ rule: "accounting", observed: 1, limit: 0, unit: "count", text });
	}
	return found;
}

function shown(value: number, unit: "ms" | "ratio"): string {
	return unit === "ms" ? `${Math.round(value)} ms` : `${Number((value * 100).toFixed(2))} %`;
}
