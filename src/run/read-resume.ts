import { join } from "node:path";
import type { Aggregates } from "../aggregate/aggregates.js";
import { UserError } from "../error/user-error.js";
import { Calm } from "../fault/calm.js";
import { faultMoments } from "../fault/moments.js";
import type { Plan } from "../plan/plan.js";
import type { Scenario } from "../scenario/scenario.js";
import { readLines } from "../sink/read-lines.js";
import {
	mergeTimeline,
	readTimelineLine,
	type TimelineLine,
	TimelineSum,
} from "../sink/timeline.js";
import { partFaults, readToldFaults, type ToldFault } from "./resume-faults.js";
import type { ResumePoint, Resumption, TesterSoFar } from "./resume-point.js";
import { TrendWatch } from "./trend-watch.js";

/** Among so many last seconds are those that say how the run was. */
const mostTail = 120;

const nothing: TesterSoFar = { takenOver: 0, workersDied: 0, cpuSeconds: 0, maxRssBytes: 0 };

export interface ReadResume extends ResumePoint {
	/** The last second that was saved; undefined where none was. */
	readonly last: TimelineLine | undefined;
}

/**
 * Where the run of a folder goes on: at its last whole second.
 * @param earlier as run.json has it
 * @throws UserError when the timeline cannot be read, or the run had come to its end
 */
export async function readResume(
	folder: string,
	plan: Plan,
	scenario: Scenario,
	earlier: readonly Resumption[],
): Promise<ReadResume> {
	const trends = new TrendWatch(plan.steps);
	const { totals, tail, zeroAtMs } = await readSeconds(folder, trends);
	const last = tail.at(-1);
	const fromMs = last?.elapsedMs ?? 0;
	if (fromMs >= plan.durationMs) throw livedToTheEnd(folder);
	const startAtMs = last && last.atMs - last.elapsedMs;
	const moments = faultMoments(scenario.faults, plan.durationMs);
	const hasFaults = moments.length > 0;
	const told =
		hasFaults && zeroAtMs !== undefined
			? await readToldFaults(folder, zeroAtMs)
			: new Map<number, ToldFault>();
	const { done, due } = partFaults(moments, { fromMs, totals, told });
	// Nobody asks for the level of a run without faults.
	const calm = calmOf(hasFaults ? tail : [], { told: [...told.values()], earlier });
	calm.resumed(fromMs);
	return {
		...{ fromMs, startAtMs, totals, earlier, trends, last, calm },
		...{ tester: last?.tester ?? nothing, faults: done, faultsDue: due },
	};
}

/** How the run was in its last seconds without a fault. */
function calmOf(
	tail: readonly TimelineLine[],
	{ told, earlier }: { told: readonly ToldFault[]; earlier: readonly Resumption[] },
): Calm {
	const calm = new Calm();
	const resumedAt = earlier.map(({ atMs }) => atMs);
	let resumedMs = Number.NEGATIVE_INFINITY;
	for (const line of tail) {
		while (resumedAt[0] !== undefined && resumedAt[0] < line.elapsedMs) {
			resumedMs = resumedAt.shift() ?? resumedMs;
			calm.resumed(resumedMs);
		}
		// One that was never judged was open until the run was killed.
		const isOpen = told.some(({ began, judged, elapsedMs }) =>
			judged
				? began.atMs <= line.atMs && line.atMs <= judged.atMs
				: elapsedMs > resumedMs && began.atMs <= line.atMs,
		);
		calm.add({ ...line, window: mergeTimeline([line]).totals }, !isOpen);
	}
	return calm;
}

async function readSeconds(
	folder: string,
	trends: TrendWatch,
): Promise<{
	readonly totals: Aggregates;
	readonly tail: readonly TimelineLine[];
	/** Epoch milliseconds of the run's time 0, before it went on for the first time. */
	readonly zeroAtMs: number | undefined;
}> {
	const path = join(folder, "timeline.jsonl");
	const sum = new TimelineSum();
	const tail: TimelineLine[] = [];
	let zeroAtMs: number | undefined;
	try {
		for await (const raws of readLines(path)) {
			for (const raw of raws) {
				const line = raw === undefined ? undefined : readTimelineLine(raw);
				if (!line) continue;
				sum.add(line);
				trends.onPast(line);
				zeroAtMs ??= line.atMs - line.elapsedMs;
				tail.push(line);
				if (tail.length > mostTail) tail.shift();
			}
		}
	} catch (cause) {
		throw new UserError({
			message: `--resume ${folder}: ${path} cannot be read.`,
			hint: "A run goes on from its timeline; without it, start anew.",
			cause,
		});
	}
	return { totals: sum.end().totals, tail, zeroAtMs };
}

function livedToTheEnd(folder: string): UserError {
	return new UserError({
		message: `--resume ${folder}: the run had come to the end of its plan; only its summary was not written.`,
		hint: `livesoak report ${folder} shows it.`,
	});
}
