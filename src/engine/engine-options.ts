import type { Clock } from "../clock/clock.js";
import type { Ticker } from "../clock/ticker.js";

/** What every engine is started with. */
export interface EngineOptions {
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly tlsInsecure: boolean;
}
