import type { Clock } from "../clock/clock.js";
import type { IceServer } from "../ice/ice-server.js";
import { unreachableTurn } from "./reachable.js";

/** Later than any healthy allocation, and early enough to have an answer before a usual deadline. */
const lookAfterMs = 2_000;

/** `unknown` until there was time to look. */
export type TurnLookResult = "unknown" | "answers" | { readonly unreachable: string };

/**
 * Looks whether the TURN servers of a join that gathers no relay candidate are there at all. It looks before the
 * deadline and not at it: when time is up, the cause is told at once.
 */
export class TurnLook {
	#result: TurnLookResult = "unknown";
	readonly #over = new AbortController();

	/** @param isNeeded asked once, when it is time to look */
	constructor(clock: Clock, servers: readonly IceServer[], isNeeded: () => boolean) {
		void this.#look(clock, servers, isNeeded);
	}

	get result(): TurnLookResult {
		return this.#result;
	}

	/** The join has ended: nobody asks any more. Idempotent. */
	close(): void {
		this.#over.abort();
	}

	async #look(clock: Clock, servers: readonly IceServer[], isNeeded: () => boolean) {
		await clock.sleepUntil(clock.nowMs() + lookAfterMs, this.#over.signal);
		if (this.#over.signal.aborted || servers.length === 0 || !isNeeded()) return;
		const unreachable = await unreachableTurn(servers);
		this.#result = unreachable === undefined ? "answers" : { unreachable };
	}
}
