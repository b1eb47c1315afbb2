/** Length of a published frame: 20 ms, the usual Opus packet. */
export const frameMs = 20;

/** After a stall at most this many frames leave at once: more would only be a burst in the receiver's buffer. */
const longestCatchUp = 5;

/** Share of a frame that floating-point rounding may take: at `nextDueMs` itself the frame is due. */
const roundingShare = 1e-6;

export interface FramePacerOptions {
	/** When publishing begins, in the clock of `dueFrames`. */
	readonly startMs: number;
	/** Shift of this publisher within a frame, 0 to 20 ms. @default 0 */
	readonly phaseMs?: number;
	/** A frame that leaves later than this after its time is late. @default 20 */
	readonly toleranceMs?: number;
}

/**
 * Says when 20 ms frames leave: frame n is due at `startMs + phaseMs + n · 20`, so that the schedule never
 * drifts, however late single calls come.
 *
 * Media time keeps real time: when more than five frames are due at once, the five newest leave and the
 * older ones are skipped, as a live microphone would lose them. Skipped frames count as late, too.
 */
export class FramePacer {
	readonly #firstMs: number;
	readonly #toleranceMs: number;
	/** The first frame that is neither sent nor skipped. */
	#next = 0;
	#firstDue = 0;
	#sent = 0;
	#late = 0;
	#skipped = 0;

	constructor(options: FramePacerOptions) {
		this.#firstMs = options.startMs + (options.phaseMs ?? 0);
		this.#toleranceMs = options.toleranceMs ?? frameMs;
	}

	/** How many frames to send now (0 to 5), beginning with `firstDueFrame`. The caller sends all of them. */
	dueFrames(nowMs: number): number {
		const end = Math.floor((nowMs - this.#firstMs) / frameMs + roundingShare) + 1;
		if (end <= this.#next) return 0;

		const skip = Math.max(0, end - this.#next - longestCatchUp);
		this.#skipped += skip;
		this.#late += skip;
		this.#firstDue = this.#next + skip;
		for (let frame = this.#firstDue; frame < end; frame++)
			if (nowMs - this.#dueAtMs(frame) > this.#toleranceMs) this.#late++;
		this.#sent += end - this.#firstDue;
		this.#next = end;
		return end - this.#firstDue;
	}

	/** Media index of the first frame of the last `dueFrames` call: its PCM begins at sample index · 960 at 48 kHz. */
	get firstDueFrame(): number {
		return this.#firstDue;
	}

	/** When to call `dueFrames` next. */
	get nextDueMs(): number {
		return this.#dueAtMs(this.#next);
	}

	/** Frames handed out so far. */
	get sent(): number {
		return this.#sent;
	}

	/** Frames that left later than the tolerance, and those that never left (`skipped`). */
	get late(): number {
		return this.#late;
	}

	/** Frames that were given up after a stall. `sent + skipped` is the number of frames that were due. */
	get skipped(): number {
		return this.#skipped;
	}

	#dueAtMs(frame: number): number {
		return this.#firstMs + frame * frameMs;
	}
}

/**
 * Spreads publishers over the 20 ms of a frame without knowing how many there will be: multiples of the
 * golden ratio leave no large gap at any number.
 *
 * @param index 0-based number of the publisher.
 * @returns 0 (inclusive) to 20 (exclusive).
 */
export function spreadPhaseMs(index: number): number {
	return ((index * 0.618_033_988_749_895) % 1) * frameMs;
}
