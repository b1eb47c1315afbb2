import { type Fault, isNetworkEffect } from "../scenario/fault.js";

/** A fault at its time. */
export interface FaultMoment {
	/** 0-based, in order of time. */
	readonly number: number;
	readonly fault: Fault;
	/** Milliseconds from the start of the run. */
	readonly atMs: number;
}

/**
 * All faults of a run in order of time, those of one time in the order of the scenario. One that comes again and again
 * does so for as long as it is over before the run is.
 */
export function faultMoments(faults: readonly Fault[], durationMs: number): FaultMoment[] {
	return faults
		.flatMap((fault) => timesOf(fault, durationMs).map((atMs) => ({ fault, atMs })))
		.sort((a, b) => a.atMs - b.atMs)
		.map((moment, number) => ({ number, ...moment }));
}

/** How often a fault comes, without making a list of it. */
export function momentCount({ when, effect }: Fault, durationMs: number): number {
	if (when.kind === "at") return 1;
	const lastsMs = isNetworkEffect(effect) ? effect.forMs : 0;
	return Math.max(0, Math.ceil((durationMs - lastsMs) / when.everyMs) - 1);
}

function timesOf(fault: Fault, durationMs: number): number[] {
	const { when } = fault;
	if (when.kind === "at") return [when.atMs];
	const count = momentCount(fault, durationMs);
	return Array.from({ length: count }, (_, n) => (n + 1) * when.everyMs);
}
