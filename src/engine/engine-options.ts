import type { Clock } from "../clock/clock.js";
import type { Ticker } from "../clock/ticker.js";

/** What every engine is started with. */
export interface EngineOptions {
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly tlsInsecure: boolean;
	/**
	 * Milliseconds to add to our clock for the one that senders and listeners on many machines share.
	 * @default 0: there is one machine
	 */
	readonly sharedOffsetMs?: () => number;
}
