/** Data messages of one participant: running totals since its join, in a window the difference of two readings. */
export interface DataTotals {
	/** Handed over to the data channel. */
	readonly packetsSent: number;
	/** Payload only, as `bytesReceived`. */
	readonly bytesSent: number;
	/** Of those sent, the ones that left later than the pacing tolerance. */
	readonly packetsLate: number;
	/** Without duplicates. */
	readonly packetsReceived: number;
	readonly bytesReceived: number;
	/** Numbers missing between the first and the last that came, a sender; one that comes late takes back. */
	readonly packetsLost: number;
	readonly packetsDuplicated: number;
	/** Came after a later one; they are not lost. */
	readonly packetsReordered: number;
	/** One-way, of each message received since the last reading. */
	readonly latenciesMs: readonly number[];
}

/** The difference of two readings: the counters never go back, except `packetsLost`. */
export function dataWindow(previous: DataTotals | undefined, current: DataTotals): DataTotals {
	const since = (name: Exclude<keyof DataTotals, "latenciesMs">) =>
		current[name] - (previous?.[name] ?? 0);
	return {
		packetsSent: since("packetsSent"),
		bytesSent: since("bytesSent"),
		packetsLate: since("packetsLate"),
		packetsReceived: since("packetsReceived"),
		bytesReceived: since("bytesReceived"),
		packetsLost: since("packetsLost"),
		packetsDuplicated: since("packetsDuplicated"),
		packetsReordered: since("packetsReordered"),
		latenciesMs: current.latenciesMs,
	};
}
