import { join } from "node:path";
import type { Aggregates } from "../aggregate/aggregates.js";
import { UserError } from "../error/user-error.js";
import { faultMoments } from "../fault/moments.js";
import type { Plan } from "../plan/plan.js";
import type { Scenario } from "../scenario/scenario.js";
import { readLines } from "../sink/read-lines.js";
import { readTimelineLine, type TimelineLine, TimelineSum } from "../sink/timeline.js";
import { readFaultEvents } from "./resume-faults.js";
import type { ResumePoint, Resumption, TesterSoFar } from "./resume-point.js";
import { TrendWatch } from "./trend-watch.js";

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
	const { totals, last } = await readSeconds(folder, trends);
	const fromMs = last?.elapsedMs ?? 0;
	if (fromMs >= plan.durationMs) throw livedToTheEnd(folder);
	const startAtMs = last && last.atMs - last.elapsedMs;
	const moments = faultMoments(scenario.faults, plan.durationMs);
	return {
		...{ fromMs, startAtMs, totals, earlier, trends, last },
		tester: last?.tester ?? nothing,
		faults: await readFaultEvents(folder, { fromMs, startAtMs, moments, earlier }),
	};
}

async function readSeconds(
	folder: string,
	trends: TrendWatch,
): Promise<{ readonly totals: Aggregates; readonly last: TimelineLine | undefined }> {
	const path = join(folder, "timeline.jsonl");
	const sum = new TimelineSum();
	let last: TimelineLine | undefined;
	try {
		for await (const raws of readLines(path)) {
			for (const raw of raws) {
				const line = raw === undefined ? undefined : readTimelineLine(raw);
				if (!line) continue;
				sum.add(line);
				trends.onPast(line);
				last = line;
			}
		}
	} catch (cause) {
		throw new UserError({
			message: `--resume ${folder}: ${path} cannot be read.`,
			hint: "A run goes on from its timeline; without it, start anew.",
			cause,
		});
	}
	return { totals: sum.end().totals, last };
}

function livedToTheEnd(folder: string): UserError {
	return new UserError({
		message: `--resume ${folder}: the run had come to the end of its plan; only its summary was not written.`,
		hint: `livesoak report ${folder} shows it.`,
	});
}
