import { randomStream } from "../../src/plan/random.js";
import { connectBars } from "../../src/report/connect-bars.js";
import type { Report, ReportedAgent, ReportedLife, ReportSeries } from "../../src/report/report.js";
import { summaryCase } from "./summary-case.js";

export interface ReportCase {
	readonly name?: string;
	readonly participants?: number;
	readonly durationMs?: number;
	readonly stepMs?: number;
	readonly seed?: number;
	/** Makes every connect and jitter this much slower. */
	readonly slower?: number;
	/** The run was over three machines, one of which was lost and replaced. */
	readonly overAgents?: boolean;
}

/** A report as of a real run with a fault in its middle: invented figures, true shapes, the same for the same seed. */
export function reportCase({
	name = "20261122T145355Z-relay-dee809",
	participants = 12,
	durationMs = 120_000,
	stepMs = 1_000,
	seed = 1,
	slower = 1,
	overAgents = false,
}: ReportCase = {}): Report {
	const stream = randomStream(seed);
	const next = () => stream.next();
	const summary = summaryCase(next, participants, durationMs, slower);
	return {
		name,
		run: {
			runId: name,
			startedAt: summary.startedAt,
			command:
				"livesoak run scenarios/relay.yaml --url wss://sfu.example.com --seed 1 --duration 2m",
			scenarioFile: "scenarios/relay.yaml",
			livesoakVersion: "0.1.0",
			machine: "AMD EPYC, 2 cores, 25.3 GB, Linux, Node v20.20.2",
			plannedMs: durationMs,
			participants,
		},
		summary,
		summarySource: "summary.json",
		missing: [],
		series: seriesCase(next, participants, durationMs, stepMs, slower),
		marks: [
			{
				kind: "fault",
				fromMs: durationMs * 0.5,
				untilMs: durationMs * 0.56,
				text: "restart-turn: coturn stopped for 7s",
			},
			{
				kind: "worker-died",
				fromMs: durationMs * 0.7,
				text: "worker 2: SIGKILL, 1 participant lost",
			},
		],
		worst: Array.from({ length: 10 }, (_, index) => lifeCase(next, index, durationMs)),
		connectMs: connectBars(summary),
		agents: overAgents ? agentsCase(durationMs) : [],
	};
}

/** The second was lost when two thirds of the run were over; a third one that came late took its seats. */
function agentsCase(durationMs: number): ReportedAgent[] {
	const atMs = durationMs * 0.6;
	const reason = "no message for longer than its lease";
	const machine = { version: "0.1.0", cores: 4, capacity: { lite: 400, native: 100 } };
	return [
		{
			...{ name: "eu-1", ...machine, seats: 7, tookOver: [] },
			...{ clockOffsetMs: -1.25, clockErrorMs: 0.3 },
		},
		{
			...{ name: "eu-2", ...machine, seats: 5, tookOver: [] },
			...{ clockOffsetMs: 14.2, clockErrorMs: 0.4 },
			lost: { atMs, participantsLost: 5, silentMs: 18_200, reason },
		},
		{
			...{ name: "us-1", cores: 8, seats: 0, joinedLateMs: durationMs * 0.3 },
			tookOver: [{ atMs: atMs + 1_500, lost: "eu-2", seats: 5 }],
		},
	];
}

/** Nothing could be read but the folder's name. */
export function emptyReportCase(): Report {
	const none: (number | null)[] = [];
	const rows = {
		target: none,
		alive: none,
		joined: none,
		failed: none,
		loss: none,
		jitterMs: none,
		rttMs: none,
	};
	return {
		name: "20261122T000000Z-gone-000000",
		run: undefined,
		summary: undefined,
		summarySource: "none",
		missing: ["summary.json was never written: the run was killed.", "timeline.jsonl is empty."],
		series: {
			stepMs: 1_000,
			elapsedMs: [],
			...rows,
			mos: none,
			silence: none,
			lagMs: none,
			rssBytes: none,
		},
		...{ marks: [], worst: [], connectMs: [], agents: [] },
	};
}

/** Twelve joins, none of which came through. */
export function nobodyConnectedCase(): Report {
	const report = reportCase();
	const { summary } = report;
	if (!summary) throw new Error("the case has a summary");
	const none = report.series.elapsedMs.map(() => null);
	return {
		...report,
		summary: {
			...summary,
			participants: {
				planned: 12,
				takenOver: 0,
				joined: 0,
				failed: 12,
				lost: 0,
				left: 0,
				unfinished: 0,
				notStarted: 0,
			},
			packets: { sent: 0, received: 0, lost: 0 },
			metrics: {},
			candidatePairs: [],
			lostCauses: [],
			reconnects: [],
			failures: [{ stage: "ice", cause: "ice-timeout", count: 12 }],
		},
		series: {
			...report.series,
			alive: none.map(() => 0),
			loss: none,
			jitterMs: none,
			rttMs: none,
			mos: none,
			silence: none,
		},
		connectMs: [],
	};
}

function seriesCase(
	next: () => number,
	participants: number,
	durationMs: number,
	stepMs: number,
	slower: number,
): ReportSeries {
	const steps = Math.floor(durationMs / stepMs);
	const column = (of: (share: number) => number | null) =>
		Array.from({ length: steps }, (_, index) => of((index + 1) / steps));
	const ramp = (share: number) => Math.min(1, share / 0.15);
	const inFault = (share: number) => share > 0.5 && share < 0.56;
	const rate = (participants * 1_000) / (durationMs * 0.15);
	return {
		stepMs,
		elapsedMs: Array.from({ length: steps }, (_, index) =>
			Math.round((index + 1) * stepMs + next() * 9),
		),
		target: column((share) => Math.round(participants * ramp(share))),
		alive: column((share) =>
			Math.round(participants * ramp(share) * (inFault(share) ? 0.6 + next() * 0.2 : 1)),
		),
		joined: column((share) =>
			share < 0.15 ? rate * (0.8 + next() * 0.4) : inFault(share) ? next() * 3 : 0,
		),
		failed: column((share) => (inFault(share) ? next() : 0)),
		loss: column((share) =>
			share < 0.03 ? null : inFault(share) ? 0.05 + next() * 0.15 : next() * 0.0009,
		),
		jitterMs: column((share) =>
			share < 0.03 ? null : slower * (inFault(share) ? 12 + next() * 9 : 2 + next() * 1.7),
		),
		rttMs: column((share) => (share < 0.03 ? null : 19 + next() * 4 + (inFault(share) ? 30 : 0))),
		mos: column((share) =>
			share < 0.03 ? null : inFault(share) ? 2.9 + next() * 0.4 : 4.35 + next() * 0.04,
		),
		silence: column(() => null),
		lagMs: column(() => 1 + next() * 4),
		rssBytes: column((share) => 180e6 + share * 60e6 + next() * 4e6),
	};
}

function lifeCase(next: () => number, index: number, durationMs: number): ReportedLife {
	const seat = Math.floor(next() * 1_000);
	const at = (share: number) => durationMs * share;
	const join = { atMs: at(next() * 0.15), text: "joined after 412ms" };
	const breaks = Array.from({ length: index % 4 }, (_, n) => ({
		atMs: at(0.5 + n * 0.1),
		text: "reconnecting (resume)",
	}));
	if (index === 0) {
		const failed = { atMs: at(0.05), text: "failed at ice, ice-timeout: no pair in 25s" };
		return { seat, life: 0, why: "failed at ice", connectMs: undefined, events: [failed] };
	}
	const end = index === 1 ? [{ atMs: at(0.7), text: "lost, worker-died: SIGKILL" }] : [];
	const why =
		index === 1
			? "lost: worker died"
			: breaks.length > 0
				? `reconnected ${breaks.length} times`
				: "slow to connect";
	return {
		seat,
		life: index % 2,
		why,
		connectMs: 400 + next() * 900,
		events: [join, ...breaks, ...end],
	};
}
