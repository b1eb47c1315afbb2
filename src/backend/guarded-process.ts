import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "../clock/system-clock.js";
import { within } from "../clock/within.js";
import { redactor } from "../error/redact.js";
import type { ChildEnd, FromGuardian, ToGuardian } from "./guardian-messages.js";
import { LogTail } from "./log-tail.js";
import { killGroup } from "./pid.js";

const spawnBoundMs = 10_000;
/** How long output may trail behind the end of the process that wrote it. */
const drainBoundMs = 1_000;
const politeMs = 5_000;
/** Beyond the grace, before the guardian itself is taken to be stuck. */
const guardianBoundMs = 2_000;

export interface GuardedRequest {
	/** A path: PATH is not searched. */
	readonly command: string;
	/** Visible in the process list: paths only, never a secret. */
	readonly args: readonly string[];
	/** The whole environment of the program. Nothing is inherited: a stray LIVEKIT_KEYS would change the server. */
	readonly env: NodeJS.ProcessEnv;
	/** Removed if this process dies before it can do so itself. */
	readonly folder?: string;
	/** Taken out of every line before anybody sees it. */
	readonly secrets?: readonly string[];
	readonly onLine?: (line: string) => void;
}

export interface ExitFacts extends ChildEnd {
	/** `stop()` had been called before the process ended. */
	readonly asked: boolean;
}

export interface GuardedProcess {
	/** Of the program itself, not of its guardian. */
	readonly pid: number;
	/** Never rejects. */
	readonly exited: Promise<ExitFacts>;
	/** The last 200 lines of standard output and error, without secrets, oldest first. */
	logTail(): string[];
	/** SIGTERM, after `graceMs` (5 s) SIGKILL. Idempotent, bounded, never rejects. */
	stop(graceMs?: number): Promise<ExitFacts>;
}

/**
 * Starts a program under a guardian process, so that it ends when this process ends, also by SIGKILL.
 * Rejects with an Error whose message is the system's when the program cannot be started.
 */
export async function startGuarded(request: GuardedRequest): Promise<GuardedProcess> {
	const { NODE_OPTIONS: _forUsOnly, ...env } = request.env;
	const guardian = fork(guardianFile(), {
		detached: true,
		env,
		execArgv: [],
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	const log = new LogTail();
	const redact = redactor(request.secrets ?? []);
	for (const stream of [guardian.stdout, guardian.stderr]) {
		if (stream === null) continue;
		createInterface({ input: stream }).on("line", (raw) => {
			const line = redact(raw);
			log.push(line);
			request.onLine?.(line);
		});
	}

	let asked = false;
	let pid: number | undefined;
	const exited = childEnd(guardian, () => pid).then((end): ExitFacts => ({ ...end, asked }));
	send(guardian, {
		kind: "launch",
		command: request.command,
		args: request.args,
		...(request.folder === undefined ? {} : { folder: request.folder }),
	});
	pid = await startedPid(guardian);

	return {
		pid,
		exited,
		logTail: () => log.lines(),
		async stop(graceMs = politeMs) {
			if (!asked) {
				asked = true;
				send(guardian, { kind: "stop", graceMs });
			}
			const facts = await within(systemClock, graceMs + guardianBoundMs, exited);
			if (facts !== undefined) return facts;
			killGroup(pid);
			guardian.kill("SIGKILL");
			return exited;
		},
	};
}

/** Beside this file once built. Run from the TypeScript sources (by the tests), the built one is used. */
function guardianFile(): string {
	const isSource = import.meta.url.endsWith(".ts");
	const built = isSource ? "../../dist/backend/guardian.js" : "../backend/guardian.js";
	return fileURLToPath(new URL(built, import.meta.url));
}

function startedPid(guardian: ChildProcess): Promise<number> {
	return new Promise((resolve, reject) => {
		const fail = (why: string) => {
			clearTimeout(timer);
			guardian.kill("SIGKILL");
			reject(new Error(why));
		};
		const timer = setTimeout(() => fail(`no sign of life in ${spawnBoundMs} ms`), spawnBoundMs);
		guardian.once("error", (error) => fail(error.message));
		guardian.once("close", () => fail("its guardian process ended at once"));
		guardian.on("message", (message: FromGuardian) => {
			if (message.kind === "failed") fail(message.message);
			if (message.kind !== "started") return;
			clearTimeout(timer);
			resolve(message.pid);
		});
	});
}

/** Settles after the last line was read, or shortly after the exit where something holds the pipe open. */
function childEnd(guardian: ChildProcess, pid: () => number | undefined): Promise<ChildEnd> {
	return new Promise((resolve) => {
		let end: ChildEnd | undefined;
		guardian.on("message", (message: FromGuardian) => {
			if (message.kind !== "exited") return;
			end = { code: message.code, signal: message.signal, forced: message.forced };
		});
		guardian.once("exit", async (_code, signal) => {
			// "close" comes after the last line and the last message; both may trail behind "exit".
			const closed = new Promise<void>((done) => guardian.once("close", () => done()));
			await within(systemClock, drainBoundMs, closed);
			const programPid = pid();
			// The guardian died without a word: nobody else is left to end its program.
			if (end === undefined && programPid !== undefined) killGroup(programPid);
			resolve(end ?? { code: null, signal, forced: true });
		});
	});
}

function send(guardian: ChildProcess, message: ToGuardian): void {
	// A guardian that is gone has ended its program already; its exit tells the rest.
	if (guardian.connected) guardian.send(message, () => {});
}
