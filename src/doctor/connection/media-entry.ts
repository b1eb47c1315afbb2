// A process entry point, started by media-process.ts.
import process from "node:process";
import { systemClock } from "../../clock/system-clock.js";
import { Ticker } from "../../clock/ticker.js";
import { hear } from "../audio/hear.js";
import { Engines } from "./engines.js";
import { attempt } from "./join-attempt.js";
import type { FromMedia, MediaJob, MediaOutcomes, ToMedia } from "./media-jobs.js";

const tickMs = 10;
/** Native threads may linger. */
const exitWithinMs = 500;

const ticker = new Ticker(systemClock, tickMs, () => {});
let engines: Engines | undefined;
const running = new Map<number, AbortController>();

function send(message: FromMedia): void {
	if (process.connected) process.send?.(message);
}

async function run(
	job: MediaJob,
	signal: AbortSignal,
): Promise<MediaOutcomes[keyof MediaOutcomes]> {
	if (!engines) throw new Error("no job before the process is ready");
	switch (job.kind) {
		case "attempt":
			return attempt(job, engines, systemClock, signal);
		case "hear":
			return hear(job, engines.native, systemClock, signal);
	}
}

async function take(id: number, job: MediaJob): Promise<void> {
	const controller = new AbortController();
	running.set(id, controller);
	try {
		send({ kind: "done", id, outcome: await run(job, controller.signal) });
	} catch (error) {
		send({ kind: "failed", id, message: error instanceof Error ? error.message : String(error) });
	} finally {
		running.delete(id);
	}
}

function leave(): void {
	for (const controller of running.values()) controller.abort();
	setTimeout(() => process.exit(0), exitWithinMs);
	ticker.stop();
	void engines?.close();
}

process.on("message", (message) => {
	const order = message as ToMedia;
	switch (order.kind) {
		case "job":
			void take(order.id, order.job);
			return;
		case "cancel":
			running.get(order.id)?.abort();
			return;
		case "end":
			if (process.connected) process.disconnect();
			return;
		default:
			order satisfies never;
	}
});
// The parent decides what a Ctrl-C in the terminal means; it reaches the whole process group.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", leave);
// The parent may have died while this was loaded, and nobody tells of that twice.
if (!process.connected) leave();
ticker.start();
engines = await Engines.start({ clock: systemClock, ticker, tlsInsecure: false });
send({ kind: "ready" });
