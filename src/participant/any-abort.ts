/** A signal that aborts with the first of several, and how to let go of them. */
export interface AnyAbort {
	readonly signal: AbortSignal;
	/** Afterwards the sources hold nothing of it, and `signal` stays as it is. Idempotent. */
	release(): void;
}

/**
 * As `AbortSignal.any`, for sources that outlive it by far: that one leaves a weak reference on each source for
 * good, which is two for every life of a soak with churn. Aborts within the source's own dispatch, and lets go
 * by itself once it has aborted.
 */
export function anyAbort(sources: readonly AbortSignal[]): AnyAbort {
	const controller = new AbortController();
	const release = () => {
		for (const source of sources) source.removeEventListener("abort", abort);
	};
	const abort = (event: { readonly target: EventTarget | null }) => {
		release();
		controller.abort(event.target instanceof AbortSignal ? event.target.reason : undefined);
	};
	const aborted = sources.find((source) => source.aborted);
	if (aborted) controller.abort(aborted.reason);
	else for (const source of sources) source.addEventListener("abort", abort);
	return { signal: controller.signal, release };
}
