import { Aggregates } from "../aggregate/aggregates.js";
import { fold } from "../aggregate/fold.js";
import { FaultRun } from "../fault/fault-run.js";
import { faultMoments } from "../fault/moments.js";
import type { Crew } from "../pool/crew.js";
import { engineVersions } from "../pool/engine-versions.js";
import type { Sample } from "../sample/sample.js";
import { firstAbort } from "../verdict/evaluate.js";
import type { Summary } from "../verdict/summary.js";
import { Judge } from "./judge.js";
import { MemoryWatch } from "./memory-watch.js";
import { lostWithTester, type Resumption } from "./resume-point.js";
import type { RunEvent } from "./run-event.js";
import type { RunInfo } from "./run-info.js";
import type { RunOrder } from "./run-order.js";
import { Sinks } from "./sinks.js";
import { StopSwitch } from "./stop-switch.js";
import { RunCutOff, RunTakenOver } from "./taken-over.js";
import { TrendWatch } from "./trend-watch.js";

const viewEveryMs = 1000;
/** A run that goes on does so when run.json, which tells of it, is written. */
const resumeInMs = 450;
/** At the end it is waited for so long that it is known who leads the run: a connection is made anew within seconds. */
const doubtAtEndMs = 10_000;
const lookEveryMs = 100;

/**
 * One run, from plan to verdict: workers live the plan, their reports are added up, sinks see them once a second,
 * checks judge them at the end.
 * @throws UserError before the first participant, when an order or a sink cannot work
 */
export async function run(order: RunOrder): Promise<Summary> {
	const { clock, plan, scenario, resume } = order;
	const fromMs = resume?.fromMs ?? 0;
	const resumed: Resumption[] = [...(resume?.earlier ?? [])];
	const totals = new Aggregates();
	if (resume) totals.merge(resume.totals);
	let window = new Aggregates();
	let serverVersion: string | undefined;
	const sinks = new Sinks();
	const stop = new StopSwitch();
	const tell = (event: RunEvent) => {
		if (event.kind === "server") {
			// Each worker tells of the version it meets.
			if (event.version === serverVersion) return;
			serverVersion = event.version;
		}
		sinks.onEvent(event);
	};
	const add = (sample: Sample) => {
		for (const each of [totals, window]) fold(each, sample);
	};
	const crew = order.crew(
		{
			onReport(aggregates) {
				const decoded = Aggregates.of(aggregates);
				for (const each of [totals, window]) each.merge(decoded);
			},
			onLife: add,
			onEvent: tell,
			onRecovery: (recovery) => faults.onRecovery(recovery),
			onReplaced: (seats) => faults.onReplaced(seats),
		},
		runTagOf(order),
	);
	const faults = new FaultRun({
		...{ clock, people: crew.people, tools: order.faultTools ?? {}, seed: scenario.seed },
		moments: resume?.faultsDue ?? faultMoments(scenario.faults, plan.durationMs),
		...(resume && { calm: resume.calm }),
		...{ tell, fold: add },
		onTrouble: (text) => stop.ask({ kind: "error", text }),
	});
	const noMoreFaults = new AbortController();
	const judge = new Judge(order, crew, totals);
	const trends = resume?.trends ?? new TrendWatch(plan.steps);
	const { readMemory } = order;
	const memory = readMemory && trends.isWatching ? new MemoryWatch(readMemory) : undefined;
	let views: NodeJS.Timeout | undefined;
	let isStarted = false;
	try {
		// Workers take longest to get ready. What is wrong with the server is told before what is wrong with them.
		const prepared = crew.prepare();
		prepared.catch(() => {});
		const [opened] = await Promise.all([order.sinks(), order.preflight()]);
		await prepared;
		const engines = engineVersions(crew.engines);
		// A run that goes on does so where its clock stood: its time 0 moves by as long as it was away.
		const resumeAtMs = clock.nowMs() + resumeInMs + crew.startInMs - fromMs;
		if (resume)
			resumed.push({ atMs: fromMs, gapMs: resumeAtMs - (resume.startAtMs ?? resumeAtMs) });
		const info: RunInfo = {
			...order.info,
			engines,
			...(resume ? { resumed } : {}),
			...(crew.fleet ? { agents: crew.fleet.agents } : {}),
		};
		await sinks.start(opened, info);
		const startAtMs = resume ? resumeAtMs : clock.nowMs() + crew.startInMs;
		const { durationMs } = plan;
		const now = { atMs: clock.nowMs() };
		if (resume) {
			const { gapMs } = resumed.at(-1) ?? { gapMs: 0 };
			tell({ kind: "run-resumed", ...now, elapsedMs: fromMs, gapMs });
			// What agents still had to tell of the time before is in the totals by now.
			for (const sample of lostWithTester(totals)) add(sample);
		} else tell({ kind: "run-started", ...now, participants: plan.seats.length, durationMs });
		crew.start(startAtMs);
		memory?.start();
		isStarted = true;
		const show = () => {
			const read = memory?.take();
			const view = {
				...judge.view(startAtMs, window),
				...{ activeFaults: faults.active, ...(read && { memory: read }) },
			};
			// What it finds belongs to this second: with the event that tells of it, it is saved or lost.
			faults.onView(view);
			window = new Aggregates();
			trends.onView(view);
			sinks.onView(view);
			const abort = firstAbort(view.thresholds);
			if (abort) stop.ask({ kind: "threshold", text: `${abort.metric} ${abort.expression}` });
		};
		views = setInterval(() => {
			if (crew.isInDoubt) return;
			crew.watch();
			show();
		}, viewEveryMs);
		const broken = faults.run(startAtMs, noMoreFaults.signal);
		await lived(order, crew, stop, tell, () => noMoreFaults.abort());
		noMoreFaults.abort();
		// The network is healed before anybody is asked how it was.
		await broken;
		clearInterval(views);
		await undoubted(order, crew);
		const judged = [...(resume?.faults ?? []), ...faults.finish()];
		// The last view takes what came since: the windows add up to the whole.
		show();
		const end = { startAtMs, serverVersion, reason: stop.reason };
		const summary = judge.summary({ ...end, faults: judged, resumed, trends: trends.trends() });
		tell({ kind: "run-ended", atMs: clock.nowMs(), verdict: summary.verdict });
		await sinks.stop(summary);
		return summary;
	} finally {
		noMoreFaults.abort();
		clearInterval(views);
		memory?.stop();
		// Nobody joined yet: there is nothing to leave politely.
		if (order.kill.aborted || !isStarted) crew.kill();
		await crew.close();
	}
}

/** Waits until the plan is lived or cut short, and hands every stop reason on to the workers. */
async function lived(
	order: RunOrder,
	crew: Crew,
	stop: StopSwitch,
	tell: (event: RunEvent) => void,
	onAsked: () => void,
): Promise<void> {
	const { clock, plan, scenario } = order;
	stop.onAsked((reason) => {
		tell({ kind: "stop-asked", atMs: clock.nowMs(), reason: reason.text });
		onAsked();
		crew.stop();
	});
	stop.follow(order.stop);
	const killed = new Promise<void>((resolve) => {
		const kill = () => {
			crew.kill();
			resolve();
		};
		if (order.kill.aborted) kill();
		order.kill.addEventListener("abort", kill, { once: true });
	});
	// Joins that began before the end may take their full time; beyond that a worker hangs.
	const graceMs = scenario.timeouts.connectMs + scenario.timeouts.leaveMs + 30_000;
	const overdue = new AbortController();
	const late = clock
		.sleepUntil(
			clock.nowMs() + plan.durationMs - (order.resume?.fromMs ?? 0) + graceMs,
			overdue.signal,
		)
		.then(() => {
			if (!overdue.signal.aborted)
				stop.ask({ kind: "error", text: "workers did not finish in time" });
		});
	const finished = crew.finished.catch((error: Error) => {
		if (error instanceof RunTakenOver || error instanceof RunCutOff) throw error;
		stop.ask({ kind: "error", text: error.message });
	});
	try {
		await Promise.race([finished, killed, late]);
	} finally {
		overdue.abort();
	}
}

/** @throws RunCutOff where the folder may be another one's by now */
async function undoubted({ clock, kill, info }: RunOrder, crew: Crew): Promise<void> {
	const untilMs = clock.nowMs() + doubtAtEndMs;
	while (crew.isInDoubt && !kill.aborted && clock.nowMs() < untilMs)
		await clock.sleepUntil(clock.nowMs() + lookEveryMs, kill);
	if (crew.isInDoubt) throw new RunCutOff(info.runId);
}

/**
 * Short enough for a room name, unlike any other run on the same server. A run that goes on has rooms of its own: in
 * the old ones the server may still wait for participants that were killed.
 */
function runTagOf({ info, resume }: RunOrder): string {
	const id = info.runId.slice(info.runId.lastIndexOf("-") + 1);
	return resume ? `livesoak-${id}-${resume.earlier.length + 2}` : `livesoak-${id}`;
}
