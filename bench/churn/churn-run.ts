import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readTimeline } from "../../src/sink/timeline.js";
import type { Summary } from "../../src/verdict/summary.js";
import { processTree } from "../process-tree.js";
import { type ChurnOrder, churnFlags } from "./churn-order.js";
import { commandLine, innerReadings, type Reading, vitalsOf } from "./vitals.js";

const root = new URL("../../", import.meta.url);
const main = fileURLToPath(new URL("dist/cli/main.js", root));
const inside = fileURLToPath(new URL("inside.js", import.meta.url));
const scenario = fileURLToPath(new URL("scenarios/churn.yaml", root));

export interface ChurnTarget {
	/** The server's URL and TURN, without secrets. */
	readonly args: readonly string[];
	/** All that the command is to know of the environment; keys and secrets by the names that it reads. */
	readonly env: NodeJS.ProcessEnv;
	/** Other processes to watch, by name: the servers. */
	readonly beside: ReadonlyMap<string, number>;
	readonly sampleEveryMs: number;
	/** Ends the run: livesoak stops politely, and its result is of no use. */
	readonly signal?: AbortSignal | undefined;
}

export interface ChurnResult {
	readonly code: number | null;
	readonly stderr: string;
	readonly summary: Summary;
	/** When the run's plan began (epoch ms). */
	readonly startAtMs: number;
	/** Readings of each process, by its name in the table, in the order they were taken. */
	readonly readings: ReadonlyMap<string, readonly Reading[]>;
}

/** One `livesoak run` of scenarios/churn.yaml as ordered; it and what it starts are read every few seconds. */
export async function runChurn(order: ChurnOrder, target: ChurnTarget): Promise<ChurnResult> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-churn-"));
	try {
		const loaded = `${pathToFileURL(inside)}?folder=${folder}&everyMs=${target.sampleEveryMs}`;
		const out = join(folder, "results");
		const flags = [...target.args, ...churnFlags(order), "--out", out, "--quiet"];
		const child = spawn(process.execPath, ["--import", loaded, main, "run", scenario, ...flags], {
			env: target.env,
			stdio: ["ignore", "ignore", "pipe"],
		});
		let stderr = "";
		child.stderr.on("data", (chunk) => {
			stderr += chunk;
		});
		const stop = () => void child.kill("SIGTERM");
		target.signal?.addEventListener("abort", stop, { once: true });
		const watch = new Watch(child.pid ?? 0, target.beside);
		const timer = setInterval(() => watch.look(), target.sampleEveryMs);
		const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
		clearInterval(timer);
		target.signal?.removeEventListener("abort", stop);
		target.signal?.throwIfAborted();
		const [run] = await readdir(out).catch(() => []);
		if (run === undefined) throw new Error(`livesoak did not run: ${stderr.trim()}`);
		const text = (file: string) => readFile(join(out, run, file), "utf8");
		const [first] = readTimeline(await text("timeline.jsonl")).lines;
		return {
			...{ code, stderr, summary: JSON.parse(await text("summary.json")) },
			startAtMs: first ? first.atMs - first.elapsedMs : Number.NaN,
			readings: watch.readings(folder),
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** The processes of a run, named in the order in which they came. */
class Watch {
	readonly #root: number;
	readonly #names = new Map<number, string>();
	readonly #readings = new Map<number, Reading[]>();

	constructor(root: number, beside: ReadonlyMap<string, number>) {
		this.#root = root;
		this.#names.set(root, "livesoak");
		for (const [name, pid] of beside) this.#names.set(pid, name);
	}

	look(): void {
		for (const pid of processTree([this.#root]).keys()) {
			// An engine may start programs of its own, which are gone in a moment.
			if (!this.#names.has(pid) && commandLine(pid).includes("worker-entry"))
				this.#names.set(pid, `worker ${this.#workers}`);
		}
		for (const pid of this.#names.keys()) {
			const vitals = vitalsOf(pid);
			if (!vitals) continue;
			const known = this.#readings.get(pid) ?? [];
			known.push({ atMs: Date.now(), ...vitals });
			this.#readings.set(pid, known);
		}
	}

	readings(folder: string): Map<string, Reading[]> {
		return new Map(
			[...this.#names].map(([pid, name]) => [
				name,
				[...(this.#readings.get(pid) ?? []), ...innerReadings(folder, pid)],
			]),
		);
	}

	get #workers(): number {
		return [...this.#names.values()].filter((name) => name.startsWith("worker ")).length;
	}
}
