import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { RunInfo } from "../../../src/run/run-info.js";
import type { AgentView, RunView } from "../../../src/run/run-view.js";
import type { ParticipantLabels, Sample } from "../../../src/sample/sample.js";
import { peerStages, stages } from "../../../src/sample/stage.js";
import { buildSummary, type SummaryInputs } from "../../../src/verdict/build-summary.js";
import { evaluate } from "../../../src/verdict/evaluate.js";
import type { Summary } from "../../../src/verdict/summary.js";
import { parseThreshold } from "../../../src/verdict/threshold.js";
import { decide } from "../../../src/verdict/verdict.js";

export const labels: ParticipantLabels = { engine: "native", ice: "relay-tls", role: "both" };

export const runInfo: RunInfo = {
	schema: 1,
	runId: "20261122T120000Z-smoke-ab12cd",
	startedAt: "2026-11-22T12:00:00.000Z",
	scenarioFile: "scenarios/smoke.yaml",
	scenarioName: "smoke",
	scenario: { name: "smoke" },
	seed: 42,
	serverUrl: "127.0.0.1:7880",
	serverEmbedded: true,
	participants: 12,
	durationMs: 40_000,
	engines: { native: "1.1.0" },
	livesoakVersion: "0.1.0",
	machine: { cpu: "test", cores: 2, memoryBytes: 8e9, os: "linux", node: "20.19.0" },
};

/** What one participant does in second `n` of its life: the figures differ from second to second. */
export function secondOfMedia(n: number): Sample {
	return {
		kind: "media",
		labels,
		window: {
			durationMs: 1_000,
			packetsSent: 50,
			bytesSent: 5_000,
			rttMs: 20 + n,
			audioFramesLate: 0,
			audioFramesDue: 100,
			tracks: [
				{
					durationMs: 1_000,
					packetsReceived: 49,
					packetsLost: 1,
					bytesReceived: 4_900,
					jitterMs: 2 + n,
					concealedSamples: 480,
					totalSamples: 48_000,
					silentMs: 10,
					audibleMs: 1_000,
					mos: 4.3,
				},
			],
		},
	};
}

/** A participant that joins; `n` spreads the connect times. */
export function joining(n: number): Sample[] {
	return [
		{ kind: "begun", labels, lateMs: n },
		...stages
			.filter((stage) => stage !== "gathered")
			.map((stage, index) => ({
				kind: "stage" as const,
				labels,
				stage,
				sinceScheduledMs: (index + 1) * 50 + n * 10,
			})),
		...peerStages.map((stage, index) => ({
			kind: "stage" as const,
			labels,
			stage,
			sinceScheduledMs: 100 + index * 7 + n * 10,
		})),
		{ kind: "joined", labels },
		{
			kind: "pair",
			labels,
			pair: {
				peer: "subscriber",
				local: "relay",
				remote: "host",
				protocol: "tcp",
				relayProtocol: "tls",
			},
		},
	];
}

/** Twelve join, one of them is lost, three more fail, eight talk for two seconds. */
export const samples: readonly Sample[] = [
	...Array.from({ length: 12 }, (_, n) => joining(n)).flat(),
	...(["turn-unreachable", "turn-unreachable", "timeout"] as const).flatMap((cause): Sample[] => [
		{ kind: "begun", labels, lateMs: 1 },
		{ kind: "failed", labels, stage: "ice", cause },
	]),
	{ kind: "lost", labels, cause: "worker-died" },
	{ kind: "reconnect", labels, cause: "resume", durationMs: 800 },
	...Array.from({ length: 16 }, (_, n) => secondOfMedia(n)),
	{ kind: "lag", lagMs: 4 },
];

export function aggregatesOf(from: readonly Sample[]): Aggregates {
	const aggregates = new Aggregates();
	for (const sample of from) fold(aggregates, sample);
	return aggregates;
}

const thresholds = [
	parseThreshold("connect.media", "p95 < 2s"),
	parseThreshold("rtp.loss", "mean < 0.5%"),
	parseThreshold("audio.mos", "min > 4.4", { advisory: true }),
];

/** A view in which `window` is all there ever was, unless `totals` says otherwise. */
export function viewOf(window: Aggregates, changes: Partial<RunView> = {}): RunView {
	const totals = changes.totals ?? window;
	return {
		nowMs: 1_795_348_800_000,
		elapsedMs: 15_000,
		durationMs: 40_000,
		target: 12,
		alive: 11,
		joining: 0,
		totals,
		window,
		thresholds: evaluate(thresholds, totals),
		invalidities: [],
		workers: [
			{ worker: 0, pid: 100, alive: 6, joining: 0, cpu: 0.2, rssBytes: 1e8, lagP99Ms: 3 },
			{ worker: 1, pid: 101, alive: 5, joining: 0, cpu: 0.3, rssBytes: 1.5e8, lagP99Ms: 4 },
		],
		...changes,
	};
}

/** One machine of many that is up and said something half a second ago. */
export function agentView(name: string, changes: Partial<AgentView> = {}): AgentView {
	return {
		...{ agent: `${name}-id`, name, isUp: true, alive: 6, joining: 1, workers: 1 },
		...{ clockOffsetMs: -1.5, reportAgeMs: 500 },
		...changes,
	};
}

/** As `viewOf`, of a run over two machines, the second of which is lost. Both number workers and processes alike. */
export function fleetViewOf(window: Aggregates, changes: Partial<RunView> = {}): RunView {
	const worker = { worker: 0, pid: 100, joining: 0, cpu: 0.2, rssBytes: 1e8, lagP99Ms: 3 };
	return viewOf(window, {
		agents: [
			agentView("eu-1"),
			agentView("us-1", { isUp: false, alive: 0, joining: 0, workers: 0, reportAgeMs: 18_300 }),
		],
		heard: { "eu-1-id": 17, "us-1-id": 4 },
		workers: [
			{ agent: "eu-1", ...worker, alive: 6 },
			{ agent: "us-1", ...worker, alive: 5, lagP99Ms: 8 },
		],
		...changes,
	});
}

export function summaryOf(totals: Aggregates, changes: Partial<SummaryInputs> = {}): Summary {
	const results = evaluate(thresholds, totals);
	const invalidities = changes.invalidities ?? [];
	return buildSummary({
		decision: decide({ thresholds: results, invalidities, aborted: false, error: false }),
		runId: runInfo.runId,
		startedAt: runInfo.startedAt,
		durationMs: 40_000,
		scenario: runInfo.scenarioName,
		seed: runInfo.seed,
		engines: runInfo.engines,
		server: { version: "1.13.5", url: "ws://127.0.0.1:7880", embedded: true },
		planned: 15,
		totals,
		thresholds: results,
		invalidities,
		unseen: new Map(),
		tester: { cpuSeconds: 12.5, maxRssBytes: 2.5e8, workers: 2, workersDied: 1 },
		...changes,
	});
}
