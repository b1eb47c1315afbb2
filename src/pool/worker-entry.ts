import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { loadAhead } from "./load-ahead.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { Worker } from "./worker.js";

/** Leaves for good this long after the parent is gone or the work is done: native threads may linger. */
const exitWithinMs = 1_000;

let worker: Worker | undefined;
let started = false;

function send(message: FromWorker): void {
	if (process.connected) process.send?.(message);
}

function fail(error: unknown): void {
	const isUserError = error instanceof UserError;
	const message = error instanceof Error ? error.message : String(error);
	const hint = isUserError ? error.hint : undefined;
	send({ kind: "failed", message, hint, exitCode: isUserError ? error.exitCode : 1 });
}

function leave(): void {
	if (process.connected) process.disconnect();
	setTimeout(() => process.exit(0), exitWithinMs).unref();
}

async function onMessage(message: ToWorker): Promise<void> {
	switch (message.kind) {
		case "expect":
			return loadAhead(message);
		case "prepare":
			worker = await Worker.prepare(message.order, { clock: systemClock, process, send });
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
process.on("disconnect", () => setTimeout(() => process.exit(0), started ? exitWithinMs : 0));
