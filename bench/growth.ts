import { UserError } from "../src/error/user-error.js";
import type { BenchContext } from "./context.js";
import { Lab } from "./lab.js";
import { LivesoakTester, type LivesoakTold } from "./livesoak-tester.js";
import { drawTable } from "./table.js";
import { holdMsFor, measure, type Trial } from "./trial.js";
import { growthRoom, growthRoomSize, growthWorkload } from "./workload.js";

export interface GrowthOptions {
	/** Participants of each step, multiples of ten. */
	readonly sizes: readonly number[];
	readonly joinsPerSecond: number;
	readonly steadyMs: number;
}

/** One step of the curve. */
interface Step {
	readonly participants: number;
	/** Absent where the run did not come to its end; then `broken` says why. */
	readonly trial?: Trial<LivesoakTold>;
	readonly broken?: string;
}

/** livesoak with more and more participants, until beyond what the machine can do. */
export async function growth(context: BenchContext, options: GrowthOptions): Promise<void> {
	const { env, say, show, signal, version } = context;
	const tester = new LivesoakTester(version);
	const lab = await Lab.open(env, say, signal);
	const steps: Step[] = [];
	try {
		for (const participants of options.sizes) {
			say(`${participants} participants`);
			const step = await takeStep(lab, tester, participants, options, signal);
			steps.push(step);
			say(`  ${step.broken ?? rulesOf(step)}`);
		}
		show(describe(steps, lab, options));
		await context.save("growth", {
			...{ server: lab.version, livesoak: version, room: growthRoom, ...options },
			steps,
		});
	} finally {
		await lab.close();
	}
}

async function takeStep(
	lab: Lab,
	tester: LivesoakTester,
	participants: number,
	{ joinsPerSecond, steadyMs }: GrowthOptions,
	signal: AbortSignal,
): Promise<Step> {
	const work = growthWorkload(participants, joinsPerSecond);
	const job = await tester.prepare({ work, arrival: "paced", holdMs: holdMsFor(steadyMs) });
	try {
		return { participants, trial: await measure(lab, job, steadyMs, signal) };
	} catch (error) {
		// Beyond its limit a step may break; that is a point of the curve, too.
		if (!(error instanceof UserError) || signal.aborted) throw error;
		return { participants, broken: error.message };
	}
}

/** What livesoak says of its own measurement: the rules it broke, or that it holds. */
function rulesOf({ trial }: Step): string {
	const summary = trial?.told.summary;
	if (!summary) return "–";
	if (summary.invalidities.length === 0) return "valid";
	return `invalid: ${summary.invalidities.map(({ rule }) => rule).join(", ")}`;
}

function describe(
	steps: readonly Step[],
	lab: Lab,
	{ joinsPerSecond, steadyMs }: GrowthOptions,
): string {
	const { publishers, subscribers } = growthRoom;
	const head = [
		"participants",
		"joined",
		"CPU %",
		"server CPU %",
		"µs/packet",
		"RSS MB",
		"lag p99 ms",
		"join p95 ms",
		"loss %",
		"verdict",
	];
	return [
		"",
		`Growth in rooms of ${growthRoomSize} (${publishers} publish, ${subscribers} listen), ${joinsPerSecond} joins/s, ${steadyMs / 1000} s steady, livekit-server ${lab.version} on the same machine`,
		drawTable(head, steps.map(cellsOf)),
		"CPU: of one core = 100, steady part. join: scheduled start to first media. loss: of the whole run.",
		...steps.flatMap(({ participants, broken }) =>
			broken === undefined ? [] : [`${participants}: ${broken}`],
		),
	].join("\n");
}

function cellsOf(step: Step): string[] {
	const { participants, trial } = step;
	if (!trial) return [`${participants}`, ...Array.from({ length: 8 }, () => "–"), "broken"];
	const { steady, whole, told } = trial;
	const { metrics, tester } = told.summary;
	const percent = (cpuSeconds: number) => ((cpuSeconds * 100_000) / steady.ms).toFixed(0);
	const loss = metrics["rtp.loss"]?.mean;
	return [
		`${participants}`,
		`${told.summary.participants.joined}`,
		percent(steady.cpuSeconds),
		percent(steady.serverCpuSeconds),
		steady.packets > 0 ? ((steady.cpuSeconds * 1e6) / steady.packets).toFixed(1) : "–",
		(whole.peakRssBytes / 1e6).toFixed(0),
		tester.lagP99Ms?.toFixed(1) ?? "–",
		metrics["connect.media"]?.p95.toFixed(0) ?? "–",
		loss === undefined ? "–" : (loss * 100).toFixed(2),
		rulesOf(step),
	];
}
