/** The promise's value, or a rejection with these words as soon as the signal aborts. */
export function untilAborted<T>(
	signal: AbortSignal,
	promise: Promise<T>,
	words = "aborted",
): Promise<T> {
	return new Promise((resolve, reject) => {
		const abort = () => reject(new Error(words));
		if (signal.aborted) abort();
		signal.addEventListener("abort", abort, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}
