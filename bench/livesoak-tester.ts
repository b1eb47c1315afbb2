import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exitCodes } from "../src/error/exit-codes.js";
import { UserError } from "../src/error/user-error.js";
import { readTimeline, type TimelineLine } from "../src/sink/timeline.js";
import type { Summary } from "../src/verdict/summary.js";
import type { Command, CommandEnd, Job, Tester, Told } from "./tester.js";
import { type Order, participantsOf, rampMsOf, scenarioText, streamsOf } from "./workload.js";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const receivedCounter = "packets{direction=received}";

/** What livesoak tells beyond what any tester does. */
export interface LivesoakTold extends Told {
	readonly summary: Summary;
	readonly events: readonly LifeEvent[];
}

/** A line of events.jsonl that tells of a join. */
export interface LifeEvent {
	readonly kind: string;
	readonly atMs: number;
	readonly connectMs: number;
}

/** The built livesoak with its light engine. */
export class LivesoakTester implements Tester {
	readonly name = "livesoak";
	readonly version: string;

	constructor(version: string) {
		this.version = version;
	}

	notes(): readonly string[] {
		return [];
	}

	async prepare(order: Order): Promise<Job<LivesoakTold>> {
		const folder = await mkdtemp(join(tmpdir(), "livesoak-bench-"));
		const scenario = join(folder, "scenario.yaml");
		const out = join(folder, "results");
		await writeFile(scenario, scenarioText(order));
		return {
			commands: [livesoakCommand(["run", scenario, "--out", out, "--quiet", "--no-html"])],
			participants: participantsOf(order.work),
			streams: streamsOf(order.work),
			rampMs: rampMsOf(order),
			told: ([end]) => read(out, end),
			remove: () => rm(folder, { recursive: true, force: true }),
		};
	}
}

function livesoakCommand(args: readonly string[]): Command {
	return { file: process.execPath, args: [main, ...args] };
}

/** Invalid and failed runs are results, too. */
const finished: readonly (number | null)[] = [
	exitCodes.passed,
	exitCodes.invalid,
	exitCodes.thresholdFailed,
];

async function read(out: string, end: CommandEnd | undefined): Promise<LivesoakTold> {
	if (!finished.includes(end?.code ?? null)) {
		const words = end?.stderr.trim().split("\n").slice(-3).join(" ") ?? "";
		throw new UserError({ message: `livesoak did not come to its end: ${words}`, exitCode: 1 });
	}
	const [run = ""] = await readdir(out);
	const text = (file: string) => readFile(join(out, run, file), "utf8");
	const summary: Summary = JSON.parse(await text("summary.json"));
	const { lines } = readTimeline(await text("timeline.jsonl"));
	const events = (await text("events.jsonl")).split("\n").filter((line) => line !== "");
	return {
		...{ packets: summary.packets.received, lost: summary.packets.lost },
		outcome: summary.verdict,
		packetsPerSecond: (fromMs, toMs) => receivedPerSecond(lines, fromMs, toMs),
		summary,
		events: events.map((line) => JSON.parse(line)),
	};
}

/** From whole lines of the timeline: a line holds what came since the one before it. */
export function receivedPerSecond(
	lines: readonly Pick<TimelineLine, "atMs" | "window">[],
	fromMs: number,
	toMs: number,
): number | undefined {
	const inside = lines.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
	const [first, last] = [inside.at(0), inside.at(-1)];
	if (!first || !last || first === last) return undefined;
	const packets = inside
		.slice(1)
		.reduce((sum, { window }) => sum + (window.counters[receivedCounter] ?? 0), 0);
	return (packets * 1000) / (last.atMs - first.atMs);
}
