import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { RunEvent } from "../../../src/run/run-event.js";
import type { RunInfo } from "../../../src/run/run-info.js";
import type { Sample } from "../../../src/sample/sample.js";
import { ResultFolderSink } from "../../../src/sink/result-folder.js";
import type { SummaryInputs } from "../../../src/verdict/build-summary.js";
import { labels, runInfo, summaryOf, viewOf } from "../sink/fabricated-run.js";

/** Epoch milliseconds of the start of every fabricated run. */
export const startAtMs = 1_795_348_800_000;

/** A participant that joins and gets media after so long. */
export function joins(connectMs: number): Sample[] {
	return [
		{ kind: "begun", labels, lateMs: 1 },
		{ kind: "stage", labels, stage: "media", sinceScheduledMs: connectMs },
		{ kind: "joined", labels },
	];
}

export interface FabricatedFolder {
	readonly seconds: readonly (readonly Sample[])[];
	readonly events?: readonly RunEvent[];
	readonly info?: Partial<RunInfo>;
	/** False: the run was killed. */
	readonly summary?: boolean;
	readonly changes?: Partial<SummaryInputs>;
}

/** A result folder as the sink of a run writes it, removed after the test. @returns its path */
export async function resultFolderOf(run: FabricatedFolder): Promise<string> {
	const out = await mkdtemp(join(tmpdir(), "livesoak-test-report-"));
	onTestFinished(() => rm(out, { recursive: true, force: true }));
	const sink = new ResultFolderSink({ out, onTrouble: () => {} });
	const info = { ...runInfo, ...run.info };
	await sink.start(info);
	for (const event of run.events ?? []) sink.onEvent(event);
	const totals = new Aggregates();
	for (const [index, samples] of run.seconds.entries()) {
		const window = new Aggregates();
		for (const sample of samples) for (const each of [totals, window]) fold(each, sample);
		const elapsedMs = (index + 1) * 1_000;
		sink.onView(viewOf(window, { totals, elapsedMs, nowMs: startAtMs + elapsedMs }));
	}
	const folder = join(out, info.runId);
	await sink.stop(summaryOf(totals, { startedAt: info.startedAt, ...run.changes }));
	if (run.summary === false) {
		for (const file of ["summary.json", "summary.md", "junit.xml"]) await rm(join(folder, file));
	}
	return folder;
}

/** Sends, and hears nobody: one distribution only, for tests that read a file once for each of its bytes. */
function sending(rttMs: number): Sample {
	const none = { audioFramesLate: 0, audioFramesDue: 0, tracks: [] };
	const window = { durationMs: 1_000, packetsSent: 50, bytesSent: 5_000, rttMs, ...none };
	return { kind: "media", labels, window };
}

/** Three seconds: one joins, another fails, the first has media. */
export const small: FabricatedFolder = {
	seconds: [
		joins(212),
		[
			{ kind: "begun", labels, lateMs: 1 },
			{ kind: "failed", labels, stage: "ice", cause: "timeout" },
		],
		[sending(20)],
	],
	events: [
		{ kind: "run-started", atMs: startAtMs, participants: 12, durationMs: 40_000 },
		{ kind: "life-joined", atMs: startAtMs + 220, seat: 0, life: 0, connectMs: 212 },
		{
			...{ kind: "life-failed", atMs: startAtMs + 1_500, seat: 1, life: 0, engine: "native" },
			...{ stage: "ice", cause: "timeout", detail: "no pair was nominated" },
		},
		{ kind: "run-ended", atMs: startAtMs + 3_000, verdict: "failed" },
	],
};
