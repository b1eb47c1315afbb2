/** Where time comes from. Drivers take a Clock; pure code takes `nowMs` as an argument. */
export interface Clock {
	/** Milliseconds since the Unix epoch, monotonic within a process, sub-millisecond. */
	nowMs(): number;
	/** Resolves at `atMs` (at once if it is past), or as soon as `signal` aborts. Never rejects. */
	sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}
