import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../src/error/user-error.js";
import { readLiveKitReport } from "./livekit-report.js";
import type { Command, CommandEnd, Job, Tester, Told } from "./tester.js";
import type { Order, Workload } from "./workload.js";

const run = promisify(execFile);
const answerWithinMs = 10_000;
/** It takes more for this many, without a word. */
const mostJoinsPerSecond = 10;

/** Participants that each layout hears; the tester's source names no other way to hear more. */
const layouts = [
	["speaker", 6],
	["3x3", 9],
	["4x4", 16],
	["5x5", 25],
] as const;

/** LiveKit's own load tester: `livekit-cli load-test` (1.x) or `lk perf load-test` (2.x). */
export class LiveKitTester implements Tester {
	readonly name = "LiveKit's tester";
	readonly version: string;
	readonly #binary: string;
	readonly #words: readonly string[];

	private constructor(binary: string, version: string, words: readonly string[]) {
		this.#binary = binary;
		this.version = version;
		this.#words = words;
	}

	/** @throws UserError where LK_BIN names no such program */
	static async find(binary: string): Promise<LiveKitTester> {
		const version = (await answer(binary, ["--version"]))?.match(/\d+\.\d+\.\d+\S*/)?.[0];
		for (const words of [["perf", "load-test"], ["load-test"]]) {
			const help = await answer(binary, [...words, "--help"]);
			if (version !== undefined && help?.includes("--audio-publishers"))
				return new LiveKitTester(binary, version, words);
		}
		throw new UserError({
			message: `LK_BIN names ${binary}, which does not answer as LiveKit's command line with its load tester.`,
			hint: "Give the path of livekit-cli 1.x or lk 2.x, or unset LK_BIN to measure livesoak alone.",
		});
	}

	notes(work: Workload): readonly string[] {
		const { rooms, both } = work;
		return [
			...(rooms > 1 ? [`it knows one room, so ${rooms} of its processes run side by side`] : []),
			...(both > 0
				? [
						`its publishers do not listen, so each room has ${both} publishers and ${both - 1} subscribers, which is as many streams from ${2 * both - 1} participants instead of ${both}`,
					]
				: []),
			`it starts ${mostJoinsPerSecond} participants a second and process at most, whatever is asked for`,
		];
	}

	async prepare(order: Order): Promise<Job> {
		const { work } = order;
		const publishers = work.publishers + work.both;
		// A room of people who do both has as many streams as one whose listeners are one fewer.
		const subscribers = work.subscribers + Math.max(0, work.both - 1);
		const args = (room: number) => [
			...this.#words,
			...["--room", `bench-${process.pid}-${room}`],
			...["--audio-publishers", `${publishers}`, "--subscribers", `${subscribers}`],
			...["--num-per-second", `${mostJoinsPerSecond}`, "--layout", layoutFor(publishers)],
			...["--duration", `${order.holdMs}ms`],
		];
		const streams = publishers * subscribers;
		return {
			commands: Array.from({ length: work.rooms }, (_, room): Command => {
				return { file: this.#binary, args: args(room), env: { NO_COLOR: "1" } };
			}),
			participants: work.rooms * (publishers + subscribers),
			streams: work.rooms * streams,
			rampMs: ((publishers + subscribers) / mostJoinsPerSecond) * 1000,
			told: async (ends) => told(ends, streams),
			remove: async () => {},
		};
	}
}

/** @throws UserError where no layout hears so many */
export function layoutFor(publishers: number): string {
	const layout = layouts.find(([, heard]) => heard >= publishers)?.[0];
	if (layout !== undefined) return layout;
	throw new Error(`no layout of LiveKit's tester hears ${publishers} publishers`);
}

function told(ends: readonly CommandEnd[], streams: number): Told {
	const reports = ends.map(({ code, stdout, stderr }) => {
		const report = readLiveKitReport(stdout);
		if (report && code === 0) return report;
		const words = (stderr || stdout).trim().split("\n").slice(-3).join(" ");
		throw new UserError({
			message: `LiveKit's tester ended with code ${code} and no report: ${words}`,
			exitCode: 1,
		});
	});
	const sum = (of: (report: (typeof reports)[number]) => number) =>
		reports.reduce((total, report) => total + of(report), 0);
	if (sum(({ packets }) => packets) === 0) {
		throw new UserError({
			message: "LiveKit's tester received no packets.",
			hint: "Built from a Go module it has Git LFS pointers in place of its media: see docs/bench.md.",
			exitCode: 1,
		});
	}
	const missing = sum(({ tracks }) => streams - tracks);
	const errors = sum((report) => report.errors);
	const outcome = [
		...(errors > 0 ? [`${errors} errors`] : []),
		...(missing > 0 ? [`${missing} tracks missing`] : []),
	];
	return {
		...{ packets: sum(({ packets }) => packets), lost: sum(({ lost }) => lost) },
		outcome: outcome.join(", ") || "no errors",
	};
}

/** What a program prints, or undefined where it fails or is none. */
async function answer(file: string, args: readonly string[]): Promise<string | undefined> {
	try {
		const { stdout, stderr } = await run(file, args, { timeout: answerWithinMs });
		return stdout + stderr;
	} catch {
		return undefined;
	}
}
