import { performance } from "node:perf_hooks";
import type { BenchContext } from "./context.js";
import { Lab } from "./lab.js";
import { LivesoakTester, type LivesoakTold } from "./livesoak-tester.js";
import { RunningJob } from "./running-job.js";
import { spreadOf } from "./statistics.js";
import { drawTable, shownSpread } from "./table.js";

/** The smallest run there is: one who speaks and one who listens, at once. */
const smallestWork = {
	name: "start",
	title: "one publisher, one subscriber",
	...{ rooms: 1, publishers: 1, subscribers: 1, both: 0, joinsPerSecond: 10 },
};
const holdMs = 1_000;

/** Milliseconds since the command was started. */
interface StartTimes {
	/** When the first join was due. */
	readonly scheduledMs: number;
	/** The server has let the first participant in (JoinResponse). */
	readonly joinedMs: number | undefined;
	/** The first participant has all it wants: connected, and its media sent or received. */
	readonly completeMs: number;
}

const rows = [
	["command to first join due", "scheduledMs"],
	["command to first JoinResponse", "joinedMs"],
	["command to first join complete (media flows)", "completeMs"],
] as const satisfies readonly (readonly [string, keyof StartTimes])[];

/** How long livesoak takes from its command to its first join; the server runs already. */
export async function start(
	context: BenchContext,
	{ runs }: { readonly runs: number },
): Promise<void> {
	const { env, say, show, signal, version } = context;
	const tester = new LivesoakTester(version);
	const lab = await Lab.open(env, say, signal);
	const times: StartTimes[] = [];
	try {
		for (let n = 0; n < runs; n++) {
			say(`start ${n + 1} of ${runs}`);
			times.push(await timeStart(lab, tester, signal));
		}
		const spreads = rows.map(([name, key]) => {
			const readings = times.map((each) => each[key]).filter((value) => value !== undefined);
			return { name, ...{ unit: "ms", spread: spreadOf(readings) } };
		});
		const body = spreads.map(({ name, spread }) => [name, shownSpread(spread, 0)]);
		show(`\n${runs} starts against a running livekit-server ${lab.version}`);
		show(drawTable(["ms, min / median / max", "livesoak"], body));
		await context.save("start", {
			...{ server: lab.version, livesoak: version, figures: spreads, times },
		});
	} finally {
		await lab.close();
	}
}

async function timeStart(
	lab: Lab,
	tester: LivesoakTester,
	signal: AbortSignal,
): Promise<StartTimes> {
	await lab.whenEmpty(signal);
	const job = await tester.prepare({ work: smallestWork, arrival: "burst", holdMs });
	const startedAtMs = performance.timeOrigin + performance.now();
	const running = RunningJob.start(job, lab.env, signal);
	try {
		return timesOf(await job.told(await running.ends), startedAtMs);
	} finally {
		await running.end();
		await job.remove();
	}
}

/** @param startedAtMs epoch ms of the command */
export function timesOf(
	{ events, summary }: Pick<LivesoakTold, "events" | "summary">,
	startedAtMs: number,
): StartTimes {
	const joins = events.filter(({ kind }) => kind === "life-joined");
	if (joins.length === 0) throw new Error("nobody joined");
	// All were due at the same time, and connect times count from there.
	const dueAtMs = Math.min(...joins.map(({ atMs, connectMs }) => atMs - connectMs));
	const scheduledMs = dueAtMs - startedAtMs;
	const toJoined = summary.metrics["connect.joined"]?.min;
	return {
		scheduledMs,
		joinedMs: toJoined === undefined ? undefined : scheduledMs + toJoined,
		completeMs: Math.min(...joins.map(({ atMs }) => atMs)) - startedAtMs,
	};
}
