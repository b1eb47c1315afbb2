import type { Aggregates } from "../aggregate/aggregates.js";
import { type Level, type LevelSecond, levelOf, levelSecond } from "./level.js";

/** Seconds of a quiet run that say how it is. */
const mostSeconds = 10;
/** By then a run that goes on has begun all joins of those who were there. */
const begunWithinMs = 2_000;

/** A second of a run, as its views and its timeline have it. */
export interface CalmView {
	readonly elapsedMs: number;
	readonly target: number;
	readonly alive: number;
	readonly joining: number;
	readonly window: Aggregates;
}

/** How a run is while no fault is under way: that is what it is compared with after one. */
export class Calm {
	#seconds: LevelSecond[] = [];
	#resumedAtMs: number | undefined;

	/**
	 * A killed run goes on. The seconds in which everybody comes back are not how it was: measured by them, a fault could
	 * make it worse unseen.
	 */
	resumed(atMs: number): void {
		this.#resumedAtMs = atMs;
	}

	/** Those who were there before a kill are on their way back. */
	get isReturning(): boolean {
		return this.#resumedAtMs !== undefined;
	}

	/** Undefined as long as there was no quiet second. */
	get level(): Level | undefined {
		return levelOf(this.#seconds);
	}

	/** @param isQuiet no fault is open */
	add(view: CalmView, isQuiet: boolean): LevelSecond {
		const second = levelSecond(view);
		if (this.#resumedAtMs !== undefined) this.#lookBack(second, view, this.#resumedAtMs);
		else if (isQuiet) this.#seconds = [...this.#seconds, second].slice(-mostSeconds);
		return second;
	}

	#lookBack({ missing }: LevelSecond, view: CalmView, resumedAtMs: number): void {
		const isAsBefore = view.alive > 0 && missing <= (this.level?.mostMissing ?? 0);
		const nobodyComes = view.joining === 0 && view.elapsedMs >= resumedAtMs + begunWithinMs;
		if (view.elapsedMs > resumedAtMs && (isAsBefore || nobodyComes)) this.#resumedAtMs = undefined;
	}
}
