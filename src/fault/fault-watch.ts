import type { Blow } from "../scenario/fault.js";

/** A fault as a worker is told of it: whom to watch, and what it is to do to them. */
export interface FaultWatch {
	readonly number: number;
	/** Epoch milliseconds. */
	readonly beganAtMs: number;
	/** Recovery is counted from here; absent as long as the fault goes on. */
	readonly fromMs?: number;
	/** Who has no media this long after `fromMs` has failed. */
	readonly withinMs: number;
	/** Indices of the seats that the fault meets. */
	readonly seats: readonly number[];
	readonly blow?: Blow | { readonly herd: { readonly awayMs: number } };
}

/** A gap between packets of this length is no pause of the speaker's, nor of the network's. */
export function interruptionMs(dtx: boolean): number {
	// Opus in DTX still sends a packet every 400 ms (RFC 7587 3.1.3).
	return dtx ? 600 : 200;
}
