import type { Capacity, CapacityStep } from "./capacity-result.js";

/** A figure to be drawn against participants. */
export interface ChartSeries {
	readonly key: Capacity["knees"][number]["figure"];
	readonly title: string;
	readonly points: readonly ChartPoint[];
	/** Participants from which on it rises faster. */
	readonly kneeAt: number | undefined;
}

export interface ChartPoint {
	readonly participants: number;
	/** In the unit that the title names. */
	readonly value: number;
	readonly outcome: CapacityStep["outcome"];
}

const charts = [
	["connectP95Ms", "connect.media p95, ms", ({ connectP95Ms }) => connectP95Ms],
	["lossRatio", "RTP loss, %", ({ lossRatio }) => percent(lossRatio)],
	["jitterP95Ms", "RTP jitter p95, ms", ({ jitterP95Ms }) => jitterP95Ms],
	["serverCpuCores", "server CPU, cores", ({ server }) => server?.cpuCores],
] as const satisfies readonly (readonly [
	ChartSeries["key"],
	string,
	(step: CapacityStep) => number | undefined,
])[];

/** Those figures that were measured, each with its runs in order of size. */
export function chartSeries({ steps, knees }: Pick<Capacity, "steps" | "knees">): ChartSeries[] {
	return charts.flatMap(([key, title, figureOf]) => {
		const points = steps.flatMap((step) => {
			const value = figureOf(step);
			const { participants, outcome } = step;
			return value === undefined ? [] : [{ participants, value, outcome }];
		});
		if (points.length === 0) return [];
		points.sort((a, b) => a.participants - b.participants);
		const kneeAt = knees.find(({ figure }) => figure === key)?.participants;
		return [{ key, title, points, kneeAt }];
	});
}

/** One value a number of participants: the mean of its runs. */
export function meanLine(points: readonly ChartPoint[]): (readonly [number, number])[] {
	const byCount = new Map<number, number[]>();
	for (const { participants, value } of points)
		byCount.set(participants, [...(byCount.get(participants) ?? []), value]);
	return [...byCount].map(([participants, values]) => [
		participants,
		values.reduce((sum, value) => sum + value, 0) / values.length,
	]);
}

function percent(ratio: number | undefined): number | undefined {
	return ratio === undefined ? undefined : ratio * 100;
}
