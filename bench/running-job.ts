import { type ChildProcess, spawn } from "node:child_process";
import { processTree, rssBytesOf } from "./process-tree.js";
import type { CommandEnd, Job } from "./tester.js";

const lookEveryMs = 250;

/** The processes of a job while they run, and what they use. */
export class RunningJob {
	readonly pids: readonly number[];
	readonly ends: Promise<readonly CommandEnd[]>;
	/** The largest sum of resident memory that was seen; looked at four times a second. */
	peakRssBytes = 0;
	/** One of the processes has ended. */
	hasEnded = false;
	/** Asks them to end, as a user does by Ctrl-C. */
	readonly stop: () => void;

	private constructor(children: readonly ChildProcess[], signal: AbortSignal) {
		this.pids = children.flatMap(({ pid }) => pid ?? []);
		const look = setInterval(() => {
			const rssBytes = rssBytesOf(processTree(this.pids).keys());
			this.peakRssBytes = Math.max(this.peakRssBytes, rssBytes);
		}, lookEveryMs);
		this.stop = () => {
			for (const child of children) child.kill("SIGTERM");
		};
		signal.addEventListener("abort", this.stop, { once: true });
		const all = Promise.all(children.map(endOf));
		for (const child of children) {
			child.once("exit", () => {
				this.hasEnded = true;
			});
		}
		this.ends = all.finally(() => {
			clearInterval(look);
			signal.removeEventListener("abort", this.stop);
		});
		// It may fail while nobody is waiting for it yet.
		this.ends.catch(() => {});
	}

	static start(job: Job, env: NodeJS.ProcessEnv, signal: AbortSignal): RunningJob {
		signal.throwIfAborted();
		const children = job.commands.map(({ file, args, env: more }) =>
			spawn(file, args, { env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] }),
		);
		return new RunningJob(children, signal);
	}

	/** Ends what still runs and waits for it. */
	async end(): Promise<void> {
		for (const pid of processTree(this.pids).keys()) killQuietly(pid);
		await this.ends.catch(() => {});
	}
}

function killQuietly(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// Gone already.
	}
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
	let [stdout, stderr] = ["", ""];
	child.stdout?.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr?.on("data", (chunk) => {
		stderr += chunk;
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, stdout, stderr }));
	});
}
