import { Aggregates } from "../aggregate/aggregates.js";
import { fold } from "../aggregate/fold.js";
import { shardSeats } from "../plan/shard.js";
import { Supervisor } from "../pool/supervisor.js";
import { firstAbort } from "../verdict/evaluate.js";
import type { Summary } from "../verdict/summary.js";
import { Judge } from "./judge.js";
import type { RunEvent } from "./run-event.js";
import type { RunInfo } from "./run-info.js";
import type { RunOrder } from "./run-order.js";
import { Sinks } from "./sinks.js";
import { StopSwitch } from "./stop-switch.js";

const viewEveryMs = 1000;
/** The plan's time 0 lies a moment ahead, so that no worker starts late: they are ready and need only be told. */
export const startInMs = 50;

/**
 * One run, from plan to verdict: workers live the plan, their reports are added up, sinks see them once a second,
 * checks judge them at the end.
 * @throws UserError before the first participant, when an order or a sink cannot work
 */
export async function run(order: RunOrder): Promise<Summary> {
	const { clock, plan, scenario } = order;
	const totals = new Aggregates();
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
	const supervisor = new Supervisor({
		clock,
		order: { scenario, runTag: runTagOf(order.info.runId), connection: order.connection },
		shards: shardSeats(plan, order.workerCount).map((seats) => seats.map(({ index }) => index)),
		workerEnv: order.workerEnv,
		...(order.spare ? { spare: order.spare } : {}),
		listener: {
			onReport(aggregates) {
				for (const each of [totals, window]) each.merge(aggregates);
			},
			onLife(sample) {
				for (const each of [totals, window]) fold(each, sample);
			},
			onEvent: tell,
		},
	});
	const judge = new Judge(order, supervisor, totals);
	let views: NodeJS.Timeout | undefined;
	let isStarted = false;
	try {
		// Workers take longest to get ready. What is wrong with the server is told before what is wrong with them.
		const prepared = supervisor.prepare();
		prepared.catch(() => {});
		const [opened] = await Promise.all([order.sinks(), order.preflight()]);
		await prepared;
		const engines = Object.fromEntries(
			[...supervisor.engines.values()].map((e) => [e.name, e.version]),
		);
		const info: RunInfo = { ...order.info, engines };
		await sinks.start(opened, info);
		const startAtMs = clock.nowMs() + startInMs;
		const { durationMs } = plan;
		tell({ kind: "run-started", atMs: clock.nowMs(), participants: plan.seats.length, durationMs });
		supervisor.start(startAtMs);
		isStarted = true;
		const show = () => {
			const shown = window;
			window = new Aggregates();
			const view = judge.view(startAtMs, shown);
			sinks.onView(view);
			const abort = firstAbort(view.thresholds);
			if (abort) stop.ask({ kind: "threshold", text: `${abort.metric} ${abort.expression}` });
		};
		views = setInterval(() => {
			supervisor.watch();
			show();
		}, viewEveryMs);
		await lived(order, supervisor, stop, tell);
		clearInterval(views);
		// The last view takes what came since: the windows add up to the whole.
		show();
		const summary = judge.summary({ startAtMs, serverVersion, reason: stop.reason });
		tell({ kind: "run-ended", atMs: clock.nowMs(), verdict: summary.verdict });
		await sinks.stop(summary);
		return summary;
	} finally {
		clearInterval(views);
		// Nobody joined yet: there is nothing to leave politely.
		if (order.kill.aborted || !isStarted) supervisor.kill();
		await supervisor.close();
	}
}

/** Waits until the plan is lived or cut short, and hands every stop reason on to the workers. */
async function lived(
	order: RunOrder,
	supervisor: Supervisor,
	stop: StopSwitch,
	tell: (event: RunEvent) => void,
): Promise<void> {
	const { clock, plan, scenario } = order;
	stop.onAsked((reason) => {
		tell({ kind: "stop-asked", atMs: clock.nowMs(), reason: reason.text });
		supervisor.stop();
	});
	stop.follow(order.stop);
	const killed = new Promise<void>((resolve) => {
		const kill = () => {
			supervisor.kill();
			resolve();
		};
		if (order.kill.aborted) kill();
		order.kill.addEventListener("abort", kill, { once: true });
	});
	// Joins that began before the end may take their full time; beyond that a worker hangs.
	const graceMs = scenario.timeouts.connectMs + scenario.timeouts.leaveMs + 30_000;
	const overdue = new AbortController();
	const late = clock
		.sleepUntil(clock.nowMs() + plan.durationMs + graceMs, overdue.signal)
		.then(() => {
			if (!overdue.signal.aborted)
				stop.ask({ kind: "error", text: "workers did not finish in time" });
		});
	const finished = supervisor.finished.catch((error: Error) => {
		stop.ask({ kind: "error", text: error.message });
	});
	await Promise.race([finished, killed, late]);
	overdue.abort();
}

/** Short enough for a room name, unlike any other run on the same server. */
function runTagOf(runId: string): string {
	return `livesoak-${runId.slice(runId.lastIndexOf("-") + 1)}`;
}
