import type { Stay } from "../scenario/scenario.js";
import { shortestStayMs } from "../scenario/shortest-stay.js";
import type { RandomStream } from "./random.js";

/**
 * One stay in whole milliseconds, at least 1 s; Infinity for `forever`. The exponential and log-normal
 * distributions are shifted by that second, with the mean and the median as the scenario states them.
 */
export function drawStayMs(stay: Stay, random: RandomStream): number {
	switch (stay.kind) {
		case "forever":
			return Number.POSITIVE_INFINITY;
		case "fixed":
			return stay.ms;
		case "uniform":
			return stay.leastMs + Math.floor(random.next() * (stay.mostMs - stay.leastMs + 1));
		case "exponential":
			return Math.round(shortestStayMs + drawExponential(stay.meanMs - shortestStayMs, random));
		case "lognormal": {
			const factor = Math.exp(stay.sigma * drawNormal(random));
			return Math.round(shortestStayMs + (stay.medianMs - shortestStayMs) * factor);
		}
	}
}

/** Inversion of the exponential distribution function. */
export function drawExponential(mean: number, random: RandomStream): number {
	return -mean * Math.log(1 - random.next());
}

/** Box and Muller 1958; the second number of the pair is not used. */
function drawNormal(random: RandomStream): number {
	const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
	return radius * Math.cos(2 * Math.PI * random.next());
}
