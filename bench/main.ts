import yargs from "yargs";
import { refuseRepeatedFlags } from "../src/cli/repeated-flags.js";
import { livesoakVersion } from "../src/cli/version.js";
import { exitCodes } from "../src/error/exit-codes.js";
import { UserError } from "../src/error/user-error.js";
import { agents } from "./agents.js";
import { churnOrderIn } from "./churn/churn-flags.js";
import { churn } from "./churn.js";
import { compare } from "./compare.js";
import type { BenchContext } from "./context.js";
import { agentCountsIn, countIn, roomsOfTenIn, sizesIn, steadyMsIn, workloadsIn } from "./flags.js";
import { drive } from "./fleet/drive.js";
import { fleet } from "./fleet.js";
import { growth } from "./growth.js";
import { merge } from "./merge.js";
import { writePeerMedia } from "./peer-media.js";
import { saveFigures } from "./save.js";
import { start } from "./start.js";

const text = { type: "string", requiresArg: true } as const;

/** `npm run bench -- …`. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
	const stop = new AbortController();
	const onSignal = () => stop.abort();
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
	try {
		if (process.platform !== "linux")
			throw new UserError({ message: "The bench reads /proc, so it runs on Linux only." });
		await commands(argv, stop.signal).parseAsync();
		return exitCodes.passed;
	} catch (error) {
		return explain(error, stop.signal);
	}
}

function commands(argv: readonly string[], signal: AbortSignal) {
	return (
		yargs([...argv])
			.scriptName("npm run bench --")
			.usage("$0 [command]\n\nWhat livesoak's light engine costs, measured on this machine.")
			.option("out", {
				...{ ...text, default: "results/bench" },
				describe: "Folder for the figures as JSON",
			})
			.command(
				["compare", "$0"],
				"By turns with LiveKit's own load tester, if LK_BIN names its binary",
				(args) =>
					args
						.option("workload", { ...text, default: "all", describe: "5x60, 10x10 or all" })
						.option("pairs", { ...text, default: "5", describe: "Pairs of runs of each workload" })
						.option("duration", { ...text, default: "30s", describe: "Steady part of each run" }),
				({ out, workload, pairs, duration }) =>
					compare(contextOf(out, signal), {
						...{ work: workloadsIn(workload), pairs: countIn("pairs", pairs) },
						steadyMs: steadyMsIn(duration),
					}),
			)
			.command(
				"growth",
				"More and more participants, until beyond what the machine can do",
				(args) =>
					args
						.option("sizes", {
							...{ ...text, default: "10,50,100,200,400,800" },
							describe: "Participants of each step, in rooms of 10",
						})
						.option("joins-per-second", { ...text, default: "20", describe: "Pace of the joins" })
						.option("duration", { ...text, default: "20s", describe: "Steady part of each step" }),
				({ out, sizes, joinsPerSecond, duration }) =>
					growth(contextOf(out, signal), {
						...{ sizes: sizesIn(sizes), steadyMs: steadyMsIn(duration) },
						joinsPerSecond: countIn("joins-per-second", joinsPerSecond),
					}),
			)
			.command(
				"start",
				"From the command to the first join",
				(args) => args.option("runs", { ...text, default: "10", describe: "How often" }),
				({ out, runs }) => start(contextOf(out, signal), { runs: countIn("runs", runs) }),
			)
			.command(
				"churn",
				"People come and go for a long time: does livesoak grow, does anything stay behind?",
				(args) =>
					args
						.option("minutes", { ...text, default: "30", describe: "Of churn that is judged" })
						.option("warm-up", { ...text, default: "180s", describe: "Of churn that is not" })
						.option("participants", { ...text, default: "24", describe: "So many at a time" })
						.option("stay", { ...text, default: "5s-20s", describe: "Shortest and longest stay" })
						.option("engine", { ...text, default: "lite", describe: "lite or native" })
						.option("ice", { ...text, default: "direct", describe: "An ICE policy" })
						.option("sample", { ...text, default: "5", describe: "Seconds between readings" }),
				({ out, sample, ...flags }) =>
					churn(contextOf(out, signal), churnOrderIn(flags), {
						sampleEveryMs: countIn("sample", sample) * 1000,
					}),
			)
			.command(
				"merge",
				"What one second of one agent costs the coordinator to read and add up",
				(args) => args.option("readings", { ...text, default: "10", describe: "How often" }),
				({ out, readings }) =>
					merge(contextOf(out, signal), { readings: countIn("readings", readings) }),
			)
			.command(
				"fleet",
				"One coordinator and a redis-server with more and more simulated agents",
				(args) =>
					args
						.option("agents", { ...text, default: "1,10,50,100,200", describe: "Of each step" })
						.option("duration", { ...text, default: "20s", describe: "Steady part of each step" }),
				({ out, agents, duration }) =>
					fleet(contextOf(out, signal), {
						...{ sizes: agentCountsIn(agents), steadyMs: steadyMsIn(duration) },
					}),
			)
			.command(
				"agents",
				"The same plan by one agent and by two on this machine, by turns",
				(args) =>
					args
						.option("pairs", { ...text, default: "5", describe: "Pairs of runs" })
						.option("participants", { ...text, default: "200", describe: "In rooms of 10" })
						.option("duration", { ...text, default: "10s", describe: "Steady part of each run" }),
				({ out, pairs, participants, duration }) =>
					agents(contextOf(out, signal), {
						...{ pairs: countIn("pairs", pairs), steadyMs: steadyMsIn(duration) },
						participants: roomsOfTenIn("participants", participants),
					}),
			)
			// Half of the agents of `fleet`, in a process of their own.
			.command(
				"drive <order>",
				false,
				(args) => args.positional("order", { type: "string", demandOption: true }),
				({ order }) =>
					drive(JSON.parse(order), (line) => void process.stdout.write(`${line}\n`), signal),
			)
			.command(
				"peer-media <folder>",
				"Write 20 ms Opus in place of the media of LiveKit's tester, before it is built",
				(args) =>
					args.positional("folder", {
						...{ type: "string", demandOption: true },
						describe: "pkg/provider/resources of its sources",
					}),
				async ({ folder }) => {
					for (const path of await writePeerMedia(folder)) process.stdout.write(`${path}\n`);
				},
			)
			.strict()
			.check(refuseRepeatedFlags, true)
			.version(false)
			.help()
			.epilogue("Environment: LK_BIN (livekit-cli 1.x or lk 2.x), LIVEKIT_SERVER_BIN.")
			.wrap(Math.min(100, process.stdout.columns ?? 100))
			.fail((message, error) => {
				throw error && error.name !== "YError"
					? error
					: new UserError({ message, hint: "npm run bench -- --help shows what there is." });
			})
	);
}

function contextOf(out: string, signal: AbortSignal): BenchContext {
	if (out === "") throw new UserError({ message: "--out is empty.", hint: "Name a folder." });
	const say = (line: string) => void process.stderr.write(`${line}\n`);
	return {
		...{ env: process.env, version: livesoakVersion, say, signal },
		show: (shown) => void process.stdout.write(`${shown}\n`),
		save: async (kind, figures) => say(`written: ${await saveFigures(out, kind, figures)}`),
	};
}

function explain(error: unknown, signal: AbortSignal): number {
	if (signal.aborted) {
		process.stderr.write("bench: stopped\n");
		return exitCodes.aborted;
	}
	if (error instanceof UserError) {
		process.stderr.write(`bench: ${error.message}\n`);
		if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
		return error.exitCode;
	}
	process.stderr.write(`bench: ${error instanceof Error ? error.stack : String(error)}\n`);
	return exitCodes.error;
}
