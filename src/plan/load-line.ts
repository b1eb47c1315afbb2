import type { ArriveStep, LoadStep } from "../scenario/scenario.js";
import type { PlanStep } from "./plan.js";
import { crossingMs, levelDuring, type Slope } from "./ramp.js";

/** From when until when something holds: `startMs <= t < endMs`, never empty. */
export interface Window {
	readonly startMs: number;
	readonly endMs: number;
}

/** The load shape of ramps and holds. */
export class LoadLine {
	readonly durationMs: number;
	readonly #slopes: readonly Slope[];

	constructor(load: readonly Exclude<LoadStep, ArriveStep>[]) {
		const slopes: Slope[] = [];
		let startMs = 0;
		let from = 0;
		for (const step of load) {
			const to = step.kind === "ramp" ? step.participants : from;
			slopes.push({ startMs, endMs: startMs + step.durationMs, from, to });
			startMs += step.durationMs;
			from = to;
		}
		this.#slopes = slopes;
		this.durationMs = startMs;
	}

	/** The corners of the line; a jump is two of them at one time. */
	steps(): PlanStep[] {
		return [
			{ atMs: 0, participants: 0 },
			...this.#slopes.map(({ endMs, to }) => ({ atMs: endMs, participants: to })),
		];
	}

	/** How many should be alive at this instant; 0 outside the run. */
	levelAt(atMs: number): number {
		if (atMs < 0 || atMs >= this.durationMs) return 0;
		const slope = this.#slopes.findLast(({ startMs }) => startMs <= atMs);
		return slope === undefined ? 0 : levelDuring(slope, atMs);
	}

	/** When the seat at this position should be taken: more than once when the line goes down and up. */
	windowsOf(position: number): Window[] {
		const windows: Window[] = [];
		let openedMs: number | undefined;
		const close = (endMs: number) => {
			if (openedMs !== undefined && openedMs < endMs) windows.push({ startMs: openedMs, endMs });
			openedMs = undefined;
		};
		for (const slope of this.#slopes) {
			if (slope.from <= position && position < slope.to) {
				const atMs = crossingMs(slope, position);
				// Left and rejoined in the same millisecond: it never left.
				const last = windows.at(-1);
				if (last?.endMs === atMs) windows.pop();
				openedMs = last?.endMs === atMs ? last.startMs : atMs;
			} else if (slope.to <= position && position < slope.from) close(crossingMs(slope, position));
		}
		close(this.durationMs);
		return windows;
	}
}
