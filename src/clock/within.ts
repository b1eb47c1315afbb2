import type { Clock } from "./clock.js";

/** The promise's value, or undefined if it takes longer. Rejects as the promise does. */
export async function within<T>(
	clock: Clock,
	boundMs: number,
	promise: Promise<T>,
): Promise<T | undefined> {
	const done = new AbortController();
	const late = clock.sleepUntil(clock.nowMs() + boundMs, done.signal).then(() => undefined);
	try {
		return await Promise.race([promise, late]);
	} finally {
		done.abort();
	}
}
