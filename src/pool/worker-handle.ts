import { type ChildProcess, fork } from "node:child_process";
import type { FromWorker, ToWorker } from "./messages.js";

/** How a worker process came to its end. */
export interface WorkerExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** The last lines it wrote to its standard error, for a crash without a message. */
	readonly lastWords: string;
}

/** By its folder: in the build this module may lie in another one. */
const entry = new URL("../pool/worker-entry.js", import.meta.url);
const lastWordsLength = 2000;
const politeMs = 8_000;

/**
 * What a worker makes is dead within a packet or lives as long as its participant, so the 16 MB halves
 * that V8 takes for the young buy nothing: with 4 a worker is 20 MB smaller at the same CPU time.
 */
const smallNursery = "--max-semi-space-size=4";

/** The parent's end of one worker process. */
export class WorkerHandle {
	readonly pid: number;
	readonly exited: Promise<WorkerExit>;
	readonly #child: ChildProcess;
	#lastWords = "";

	/** @param env what the process may know of the environment; never a secret */
	constructor(env: NodeJS.ProcessEnv) {
		this.#child = fork(entry, [], {
			stdio: ["ignore", "ignore", "pipe", "ipc"],
			serialization: "advanced",
			// rtc-node logs every event to standard output unless it believes itself in production.
			env: { ...env, NODE_ENV: "production", NODE_OPTIONS: smallNursery },
		});
		this.pid = this.#child.pid ?? 0;
		this.#child.stderr?.on("data", (chunk: Buffer) => {
			this.#lastWords = (this.#lastWords + chunk.toString("utf8")).slice(-lastWordsLength);
		});
		this.exited = new Promise((resolve) => {
			// `close` comes after the last message and the last output, `exit` may come before them.
			this.#child.once("close", (code, signal) =>
				resolve({ code, signal, lastWords: this.#lastWords.trim() }),
			);
			this.#child.once("error", (error) =>
				resolve({ code: null, signal: null, lastWords: error.message }),
			);
		});
	}

	/** To be called before the first order: a worker says nothing unasked. */
	listen(onMessage: (message: FromWorker) => void): void {
		this.#child.on("message", (message) => onMessage(message as FromWorker));
	}

	/** A message to a worker that is gone is dropped: its exit tells the story. */
	send(message: ToWorker): void {
		if (this.#child.connected) this.#child.send(message, () => {});
	}

	/** Asks politely, then kills; resolves when the process is gone. */
	async stop(): Promise<WorkerExit> {
		this.send({ kind: "stop" });
		const timer = setTimeout(() => this.kill(), politeMs);
		const exit = await this.exited;
		clearTimeout(timer);
		return exit;
	}

	kill(): void {
		this.#child.kill("SIGKILL");
	}
}
