import { UserError } from "../error/user-error.js";
import { stripControlCharacters } from "../sink/control-characters.js";
import type { Summary } from "../verdict/summary.js";
import { reportedAgents } from "./agent-story.js";
import { connectBars } from "./connect-bars.js";
import { faultMarks, faultMarksOf } from "./fault-marks.js";
import { eachEvent, isLifeEvent, type ReportEvent } from "./read-events.js";
import { readRun, reportedRun } from "./read-run.js";
import { readSummary } from "./read-summary.js";
import { readTimelineFile } from "./read-timeline.js";
import { rebuildSummary } from "./rebuild-summary.js";
import type { Report, ReportBar, ReportedLife } from "./report.js";
import { resultFolderName } from "./result-folder.js";
import { RunStory } from "./run-story.js";
import { unreadable } from "./unreadable.js";
import { LivesOf, WorstLives } from "./worst-lives.js";

/**
 * What a result folder says, whatever is left of it: a run that was killed, that still goes on, files that are gone,
 * cut off or damaged. What is lacking is said in `missing`. In bounded memory, however long the run was.
 * @throws UserError when the path is no result folder, nothing in it can be read, or another version wrote it
 */
export async function readReport(folder: string): Promise<Report> {
	const name = await resultFolderName(folder);
	const run = await readRun(folder);
	const read = await readSummary(folder);
	const timeline = await readTimelineFile(folder, { totals: read.value === undefined });
	const events = await readEvents(folder, timeline.startAtMs);
	const { story } = events;
	const rebuilt = read.value ? undefined : rebuildSummary(run.value, timeline, story);
	const summary = read.value ?? rebuilt;
	if (!run.value && !summary) throw nothingReadable(folder);
	const bars = summary ? barsOf(summary) : { bars: [], missing: [] };
	return {
		name,
		run: run.value && reportedRun(run.value),
		summary,
		summarySource: read.value ? "summary.json" : rebuilt ? "rebuilt" : "none",
		missing: [
			...(read.missing === undefined ? [] : [read.missing]),
			...(rebuilt ? [rebuiltText(timeline.lines)] : []),
			...(run.missing === undefined ? [] : [run.missing]),
			...[...timeline.missing, ...events.missing, ...bars.missing],
		].map(stripControlCharacters),
		series: timeline.series,
		marks: [
			...(read.value
				? faultMarks(read.value.faults)
				: faultMarksOf(story.faults, events.startAtMs)),
			...story.marks(events.startAtMs),
		].sort((a, b) => a.fromMs - b.fromMs),
		worst: events.worst,
		connectMs: bars.bars,
		agents: reportedAgents(run.value?.agents, story.agents, events.startAtMs),
	};
}

interface ReadEvents {
	readonly story: RunStory;
	readonly startAtMs: number;
	readonly worst: readonly ReportedLife[];
	readonly missing: readonly string[];
}

/** Two passes: who was worst, then what happened to those. */
async function readEvents(
	folder: string,
	timelineStartMs: number | undefined,
): Promise<ReadEvents> {
	const story = new RunStory();
	const worst = new WorstLives();
	const missing: string[] = [];
	let firstAtMs: number | undefined;
	let lives: LivesOf | undefined;
	const startAtMs = () => timelineStartMs ?? story.startedAtMs ?? firstAtMs ?? 0;
	try {
		const { events, damaged } = await eachEvent(folder, (event: ReportEvent) => {
			firstAtMs ??= event.atMs;
			story.add(event);
			if (isLifeEvent(event)) worst.add(event);
		});
		if (damaged > 0) missing.push(lostEvents(damaged));
		else if (events === 0)
			missing.push("events.jsonl is empty: what happened to whom is not known.");
		const told = new LivesOf(worst.picks(), startAtMs());
		await eachEvent(folder, (event) => {
			if (isLifeEvent(event)) told.add(event);
		});
		lives = told;
	} catch (error) {
		missing.push(unreadable("events.jsonl", error, "what happened to whom is not known"));
	}
	if (story.eventsDropped > 0) {
		missing.push(
			`events.jsonl: ${story.eventsDropped} events were dropped during the run (slow or full disk).`,
		);
	}
	if (story.marksLeftOut > 0) {
		missing.push(`${story.marksLeftOut} more marks are in events.jsonl; only the first are shown.`);
	}
	return { story, startAtMs: startAtMs(), worst: lives?.lives() ?? [], missing };
}

function lostEvents(damaged: number): string {
	const what = damaged === 1 ? "1 line" : `${damaged} lines`;
	return `events.jsonl: ${what} cannot be read (cut off or damaged); the others count.`;
}

function rebuiltText(lines: number): string {
	return lines > 0
		? "The figures are rebuilt from timeline.jsonl, up to its last whole line."
		: "The counts are rebuilt from events.jsonl; there are no other figures.";
}

function barsOf(summary: Summary): { bars: readonly ReportBar[]; missing: readonly string[] } {
	try {
		return { bars: connectBars(summary), missing: [] };
	} catch {
		return { bars: [], missing: ["summary.json: the histogram of connect.media is damaged."] };
	}
}

function nothingReadable(folder: string): UserError {
	return new UserError({
		message: `Nothing in ${folder} can be read: its files are empty or damaged.`,
		hint: "The files of a run are described in docs/results.md.",
	});
}
