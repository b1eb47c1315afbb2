import type { ChurnOrder, Phase } from "./churn-order.js";
import { phasesOf } from "./churn-order.js";
import type { ChurnResult } from "./churn-run.js";
import { type Growth, growthOf, type Slope, slopeOf } from "./slope.js";
import { isMemory, type Reading, type VitalName } from "./vitals.js";

/** One figure of one process, over the whole churn. */
export interface Finding {
	readonly process: string;
	readonly figure: VitalName;
	/** Median while nobody is there; undefined where nothing was read then. */
	readonly restBefore: number | undefined;
	readonly restAfter: number | undefined;
	/** Mean of the first and of the last tenth of the judged churn. */
	readonly atStart: number | undefined;
	readonly atEnd: number | undefined;
	readonly slope: Slope | undefined;
	/** Of memory by its slope; of what is counted by the two rests. */
	readonly verdict: Growth | "back" | "left behind";
}

const figures: readonly VitalName[] = [
	...(["rssBytes", "anonymousBytes", "heapUsed"] as const),
	...(["fds", "sockets", "threads", "timers", "handles"] as const),
];

/** What a process that takes a participant a second may add to its memory in an hour and still count as level. */
export const memoryTolerancePerHour = 20 * 1024 * 1024;

/** A rest begins with good-byes: sockets that linger, a bridge's last look, the garbage collector's next round. */
const settlesWithin = 0.6;

/** Every figure of every process, as far as it was read. */
export function findingsOf(
	order: ChurnOrder,
	result: Pick<ChurnResult, "startAtMs" | "readings">,
): Finding[] {
	const { restBefore, churn, restAfter } = phasesOf(order);
	const tenth = (churn.to - churn.from) / 10;
	return [...result.readings].flatMap(([process, readings]) =>
		figures.flatMap((figure): Finding[] => {
			const during = (phase: Phase) => inPhase(readings, figure, result.startAtMs, phase);
			const all = during(churn);
			if (all.length === 0) return [];
			const before = median(during(settled(restBefore)).map(({ value }) => value));
			const after = median(during(settled(restAfter)).map(({ value }) => value));
			const slope = slopeOf(all);
			return [
				{
					...{ process, figure, restBefore: before, restAfter: after, slope },
					atStart: mean(during({ from: churn.from, to: churn.from + tenth })),
					atEnd: mean(during({ from: churn.to - tenth, to: churn.to })),
					verdict: isMemory(figure)
						? growthOf(slope, memoryTolerancePerHour)
						: countVerdict(before, after),
				},
			];
		}),
	);
}

function countVerdict(before: number | undefined, after: number | undefined): Finding["verdict"] {
	if (before === undefined || after === undefined) return "unclear";
	return after <= before ? "back" : "left behind";
}

function settled({ from, to }: Phase): Phase {
	return { from: from + (to - from) * settlesWithin, to };
}

function inPhase(readings: readonly Reading[], figure: VitalName, startAtMs: number, phase: Phase) {
	return readings.flatMap((reading) => {
		const value = reading[figure];
		const atS = (reading.atMs - startAtMs) / 1000;
		if (value === undefined || atS < phase.from || atS >= phase.to) return [];
		return [{ atMs: reading.atMs, value }];
	});
}

function median(values: readonly number[]): number | undefined {
	return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}

function mean(points: readonly { value: number }[]): number | undefined {
	if (points.length === 0) return undefined;
	return points.reduce((sum, { value }) => sum + value, 0) / points.length;
}
