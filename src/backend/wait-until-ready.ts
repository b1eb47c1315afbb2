import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import type { GuardedProcess } from "./guarded-process.js";

const pollMs = 50;
const shownLines = 8;

export interface ReadyRequest {
	/** For messages: "livekit-server". */
	readonly name: string;
	readonly server: GuardedProcess;
	/** Whether it serves now. Must come to an end by itself within a second or so. */
	readonly isReady: () => Promise<boolean>;
	readonly boundMs: number;
	/** Lines to show on failure. @default the process's own output */
	readonly logTail?: () => Promise<string[]>;
	readonly signal?: AbortSignal | undefined;
}

/** The program ended before it was ready. `lines` are the last of its log, without secrets. */
export class EarlyExit extends UserError {
	readonly lines: readonly string[];

	constructor(name: string, end: string, lines: readonly string[]) {
		super({
			message: `${name} ended before it was ready (${end}). Its last lines:\n${indented(lines)}`,
			exitCode: 1,
		});
		this.name = "EarlyExit";
		this.lines = lines;
	}

	/** Somebody else bound one of the ports between our look and the server's start. */
	get isPortConflict(): boolean {
		return this.lines.some((line) => /address already in use|cannot bind/i.test(line));
	}
}

/**
 * Resolves once `isReady` says so. The process is left running where this rejects.
 * @throws EarlyExit, UserError (exit 1) after `boundMs`, or the abort reason
 */
export async function waitUntilReady(request: ReadyRequest): Promise<void> {
	const { name, server, boundMs, signal } = request;
	const tail = async () =>
		(await (request.logTail?.() ?? server.logTail())).filter((line) => line.trim() !== "");
	const untilMs = systemClock.nowMs() + boundMs;
	const ended = server.exited.then((facts) => ({ ended: facts }));
	while (systemClock.nowMs() < untilMs) {
		signal?.throwIfAborted();
		const first = await Promise.race([ended, request.isReady()]);
		if (first === true) return;
		if (first !== false) {
			signal?.throwIfAborted();
			const { code, signal: by } = first.ended;
			throw new EarlyExit(name, by === null ? `exit code ${code}` : `by ${by}`, await tail());
		}
		await systemClock.sleepUntil(systemClock.nowMs() + pollMs, signal);
	}
	throw new UserError({
		message: `${name} was not ready within ${boundMs / 1_000} s. Its last lines:\n${indented(await tail())}`,
		hint: "A machine under heavy load may need a second try.",
		exitCode: 1,
	});
}

function indented(lines: readonly string[]): string {
	const last = lines.slice(-shownLines).map((line) => `  ${line}`);
	return last.length === 0 ? "  (it wrote nothing)" : last.join("\n");
}
