import type { ArriveStep, HoldStep, LoadStep } from "../scenario/scenario.js";
import { purpose, randomStream } from "./random.js";
import { drawExponential } from "./stay.js";

/** Load steps without ramps: the open model. */
export type OpenStep = Exclude<LoadStep, { kind: "ramp" }>;

/**
 * When participants arrive, in whole milliseconds, ascending. `even`: at the start of the step and then
 * every 1/rate. `poisson`: a Poisson process, gaps drawn from the exponential distribution.
 */
export function arrivalTimes(load: readonly OpenStep[], seed: number): number[] {
	const times: number[] = [];
	let startMs = 0;
	for (const [i, step] of load.entries()) {
		if (step.kind === "arrive")
			for (const offsetMs of step.spacing === "even" ? even(step) : poisson(step, seed, i))
				times.push(startMs + Math.floor(offsetMs));
		startMs += step.durationMs;
	}
	return times;
}

/** The length of all steps together. */
export function loadDurationMs(load: readonly (OpenStep | HoldStep)[]): number {
	return load.reduce((sum, step) => sum + step.durationMs, 0);
}

function* even({ rate, durationMs }: ArriveStep): Generator<number> {
	// One division each, so that a thousand arrivals drift no more than one.
	for (let k = 0; (k * rate.perMs) / rate.count < durationMs; k++)
		yield (k * rate.perMs) / rate.count;
}

function* poisson({ rate, durationMs }: ArriveStep, seed: number, step: number): Generator<number> {
	const random = randomStream(seed, purpose.arrival, step);
	const meanGapMs = rate.perMs / rate.count;
	let atMs = drawExponential(meanGapMs, random);
	for (; atMs < durationMs; atMs += drawExponential(meanGapMs, random)) yield atMs;
}
