import type { DoctorContext } from "../context.js";

/**
 * Runs `work` with a signal that aborts after `boundMs` of the context's clock, or with the whole examination.
 * It is `work` that has to end then, and to say how.
 */
export async function withDeadline<T>(
	{ clock, signal }: Pick<DoctorContext, "clock" | "signal">,
	boundMs: number,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const over = new AbortController();
	const done = new AbortController();
	void clock.sleepUntil(clock.nowMs() + boundMs, done.signal).then(() => {
		if (!done.signal.aborted) over.abort();
	});
	try {
		return await work(AbortSignal.any([signal, over.signal]));
	} finally {
		done.abort();
	}
}
