import * as z from "zod";
import { type ReadJson, readJson } from "./read-json.js";
import type { ReportedRun } from "./report.js";
import { runCommand } from "./run-again.js";

const agentSchema = z.object({
	name: z.string(),
	version: z.string().optional(),
	cores: z.number().optional(),
	capacity: z.object({ lite: z.number(), native: z.number() }).optional(),
	seats: z.number().optional(),
	clockOffsetMs: z.number().optional(),
	clockErrorMs: z.number().optional(),
});

/** What a report and a rebuilt summary need of run.json; the rest may be of any later version. */
const runSchema = z.object({
	schema: z.literal(1),
	runId: z.string(),
	startedAt: z.string(),
	command: z.string().optional(),
	scenarioFile: z.string(),
	scenarioSha256: z.string().optional(),
	resumed: z.array(z.object({ atMs: z.number(), gapMs: z.number() })).optional(),
	/** One that is damaged costs the list, not the report. */
	agents: z.array(agentSchema).optional().catch(undefined),
	scenarioName: z.string(),
	scenario: z.unknown(),
	seed: z.number(),
	serverUrl: z.string(),
	serverEmbedded: z.boolean(),
	participants: z.int().min(0),
	durationMs: z.number().min(0),
	engines: z.record(z.string(), z.string()),
	livesoakVersion: z.string(),
	machine: z.object({
		cpu: z.string(),
		cores: z.number(),
		memoryBytes: z.number(),
		os: z.string(),
		node: z.string(),
	}),
});

export type RunFile = z.infer<typeof runSchema>;

/** @throws UserError when run.json is of another version */
export function readRun(folder: string): Promise<ReadJson<RunFile>> {
	return readJson(folder, "run.json", runSchema, "what was run is not known");
}

export function reportedRun(run: RunFile): ReportedRun {
	const { machine } = run;
	return {
		...{ runId: run.runId, startedAt: run.startedAt, command: runCommand(run) },
		...{ scenarioFile: run.scenarioFile, livesoakVersion: run.livesoakVersion },
		machine: `${machine.cores} × ${machine.cpu}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, ${machine.os}, Node ${machine.node}`,
		...{ plannedMs: run.durationMs, participants: run.participants },
	};
}
