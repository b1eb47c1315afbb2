import { type Figure, marginInUnit } from "./figures.js";
import type { Round } from "./round.js";
import {
	type Difference,
	independentDifference,
	mean,
	pairedDifference,
} from "./statistics/difference.js";
import { studentT, twoSidedP } from "./statistics/student.js";

/** The rounds of both sides. */
export interface Rounds {
	readonly baseline: readonly Round[];
	readonly candidate: readonly Round[];
	/** Rounds with one number were run next to each other. */
	readonly arePaired: boolean;
}

/** One figure of both sides, at one look. */
export interface Comparison extends Difference {
	readonly baseline: number;
	readonly candidate: number;
	readonly margin: number;
	readonly pValue: number;
	/** Rounds of the side that has fewer of them. */
	readonly pairs: number;
	readonly interval: { readonly low: number; readonly high: number; readonly confidence: number };
}

/**
 * Spread smaller than this share of the margin is as good as none, and is not believed: in a few rounds all may be
 * equal by chance, or because the figure is counted in steps.
 */
const smallestOfMargin = 0.05;

/**
 * Compares one figure by rounds: packets and joins of one round share its machine, and are no independent readings.
 * @param level of the look; the interval has the confidence 1 - 2 level, so that it lies within the margin where both
 * one-sided tests of equivalence (TOST, Schuirmann 1987) succeed at `level`
 * @returns undefined where fewer than two rounds of a side have the figure
 */
export function compareFigure(
	figure: Figure,
	{ baseline, candidate, arePaired }: Rounds,
	level: number,
): Comparison | undefined {
	const ofBaseline = having(baseline, figure);
	const ofCandidate = having(candidate, figure);
	const margin = marginInUnit(figure.margin, mean(ofBaseline.map(({ value }) => value)));
	const smallest = Math.max(
		smallestOfMargin * margin,
		figure.isShareOfParticipants ? chanceDeviation(ofBaseline, ofCandidate) : 0,
	);
	const pairs = ofBaseline.flatMap((a) => {
		const b = ofCandidate.find(({ pair }) => pair === a.pair);
		return b ? [{ baseline: a.value, candidate: b.value }] : [];
	});
	const values = arePaired
		? { a: pairs.map((pair) => pair.baseline), b: pairs.map((pair) => pair.candidate) }
		: { a: ofBaseline.map(({ value }) => value), b: ofCandidate.map(({ value }) => value) };
	const difference = arePaired
		? pairedDifference(pairs, smallest)
		: independentDifference(values.a, values.b, smallest);
	if (!difference) return undefined;
	const { effect, standardError, degreesOfFreedom } = difference;
	const halfWidth = studentT(1 - level, degreesOfFreedom) * standardError;
	const isCertain = standardError === 0;
	return {
		...difference,
		...{ baseline: mean(values.a), candidate: mean(values.b), margin },
		pValue: isCertain ? Number(effect === 0) : twoSidedP(effect / standardError, degreesOfFreedom),
		pairs: Math.min(values.a.length, values.b.length),
		interval: { low: effect - halfWidth, high: effect + halfWidth, confidence: 1 - 2 * level },
	};
}

interface Reading {
	readonly pair: number;
	readonly value: number;
	readonly participants: number;
}

function having(rounds: readonly Round[], { metric }: Figure): Reading[] {
	return rounds.flatMap(({ pair, values, participants }) => {
		const value = values[metric];
		return value === undefined ? [] : [{ pair, value, participants }];
	});
}

/**
 * Of the difference of two shares when each participant fails by itself: the least spread there can be. The share of
 * all rounds together, with half a failure more (so that none seen is not taken for none possible).
 */
function chanceDeviation(baseline: readonly Reading[], candidate: readonly Reading[]): number {
	const all = [...baseline, ...candidate];
	const participants = all.reduce((sum, one) => sum + one.participants, 0);
	if (participants === 0) return 0;
	const hit = all.reduce((sum, one) => sum + one.value * one.participants, 0);
	const share = Math.min(1, (hit + 0.5) / (participants + 1));
	const ofRound = participants / all.length;
	return Math.sqrt((2 * share * (1 - share)) / ofRound);
}
