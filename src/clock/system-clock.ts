import { performance } from "node:perf_hooks";
import type { Clock } from "./clock.js";

/** setTimeout holds a 32-bit delay; longer sleeps are cut into pieces. */
const longestTimerMs = 2 ** 31 - 1;

/** Wall-clock origin plus the monotonic counter: comparable between processes of one machine, never steps back. */
export const systemClock: Clock = {
	nowMs: () => performance.timeOrigin + performance.now(),
	async sleepUntil(atMs, signal) {
		for (let leftMs = atMs - this.nowMs(); leftMs > 0; leftMs = atMs - this.nowMs()) {
			if (signal?.aborted) return;
			// Timers drop fractions: rounded down it would wake early and have to sleep again.
			await pause(Math.min(Math.ceil(leftMs), longestTimerMs), signal);
		}
	},
};

function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, delayMs);
		signal?.addEventListener("abort", done);
	});
}
