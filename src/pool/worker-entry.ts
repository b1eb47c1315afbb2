import { setTimeout } from "node:timers/promises";
import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { GivenTokens } from "../token/given-tokens.js";
import { loadAhead } from "./load-ahead.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { Worker } from "./worker.js";

/** Leaves for good this long after the parent is gone or the work is done: native threads may linger. */
const exitWithinMs = 1_000;

/** A parent that stands still for longer than this will not read the last words either. */
const lastWordsWithinMs = 60_000;
const lookEveryMs = 20;
/** With so many waiting the parent does not read. */
const mostUnsent = 50;

let worker: Worker | undefined;
let started = false;
/** Messages that the pipe has not taken yet. */
let unsent = 0;

/** Tokens come before the order is carried out, and are kept until then. */
const given = new GivenTokens(systemClock, (identities) =>
	send({ kind: "token-wanted", identities }),
);

function send(message: FromWorker): void {
	if (!process.connected) return;
	unsent++;
	process.send?.(message, undefined, undefined, () => unsent--);
}

function fail(error: unknown): void {
	const isUserError = error instanceof UserError;
	const message = error instanceof Error ? error.message : String(error);
	const hint = isUserError ? error.hint : undefined;
	send({ kind: "failed", message, hint, exitCode: isUserError ? error.exitCode : 1 });
}

async function leave(): Promise<void> {
	for (let waitedMs = 0; unsent > 0 && waitedMs < lastWordsWithinMs; waitedMs += lookEveryMs)
		await setTimeout(lookEveryMs);
	if (process.connected) process.disconnect();
	exitIn(exitWithinMs);
}

function exitIn(delayMs: number): void {
	void setTimeout(delayMs, undefined, { ref: false }).then(() => process.exit(0));
}

async function onMessage(message: ToWorker): Promise<void> {
	switch (message.kind) {
		case "expect":
			return loadAhead(message);
		case "prepare":
			worker = await Worker.prepare(message.order, {
				...{ clock: systemClock, process, send, given, isCongested: () => unsent > mostUnsent },
			});
			return send({ kind: "ready", engines: worker.engineFacts });
		case "start":
			started = true;
			await worker?.run(message.startAtMs);
			send({ kind: "done" });
			return leave();
		case "fault-began":
			worker?.watches.begin(message.watch);
			return;
		case "fault-ended":
			worker?.watches.end(message.fault, message.fromMs);
			return;
		case "tokens":
			given.give(message.tokens, message.refused);
			return;
		case "lease":
			worker?.renewLease(message.sharedOffsetMs);
			return;
		case "lease-over":
			if (!started) return leave();
			worker?.endLease();
			return;
		case "stop":
			// Nothing was begun that would have to end politely: the run does not take place.
			if (!started) return leave();
			worker?.stop();
			return;
		default:
			message satisfies never;
	}
}

process.on("message", (message) => {
	onMessage(message as ToWorker).catch(fail);
});
// The parent decides what a Ctrl-C in the terminal means; it reaches the whole process group.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
// The parent died: nobody listens, and nothing may be left behind.
process.on("disconnect", () => exitIn(started ? exitWithinMs : 0));
