import type { InboundTrackTotals, MediaTotals } from "./media-totals.js";
import type { MediaWindow } from "./media-window.js";
import { SilenceMeter } from "./silence-meter.js";
import { type Expect, mediaWindow } from "./window-from-totals.js";

/** Enough for a room whose stats blink; bounded, because a soak with churn sees tracks without end. */
const rememberedTracks = 200;

/**
 * The windows of one participant, one after another. Remembers what the pure `mediaWindow` needs:
 * the last reading, silent stretches, and tracks that were missing from the last reading, so that
 * one that comes back is not counted from zero a second time.
 */
export class MediaWindows {
	readonly #expectation: Expect;
	readonly #silence: SilenceMeter;
	#previous: MediaTotals | undefined;

	constructor(facts: { readonly expectation: Expect; readonly longestPauseMs: number }) {
		this.#expectation = facts.expectation;
		this.#silence = new SilenceMeter(facts.longestPauseMs);
	}

	/** @param elapsedMs since the last reading (for the first: since the join), > 0 */
	next(current: MediaTotals, elapsedMs: number): MediaWindow {
		const previous = this.#previous;
		const present = new Set(current.inbound.map(({ trackId }) => trackId));
		const missing = (previous?.inbound ?? []).filter(({ trackId }) => !present.has(trackId));
		for (const { trackId } of missing) this.#silence.forget(trackId);
		const inbound: InboundTrackTotals[] = [...current.inbound, ...missing];
		inbound.length = Math.min(inbound.length, current.inbound.length + rememberedTracks);
		this.#previous = { ...current, inbound };
		return mediaWindow(previous, current, elapsedMs, this.#expectation, this.#silence);
	}
}
